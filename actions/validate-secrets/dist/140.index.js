export const id=140;export const ids=[140];export const modules={6140:(e,r,t)=>{t.d(r,{EventStreamSerde:()=>o.M3,eventStreamSerdeProvider:()=>o.JM});var o=t(1097);t(4117),t(8988),t(663)}};
