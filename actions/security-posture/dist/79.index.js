export const id=79;export const ids=[79];export const modules={6079:(e,r,t)=>{t.d(r,{EventStreamSerde:()=>o.M3,eventStreamSerdeProvider:()=>o.JM});var o=t(1993);t(5904),t(6407),t(639)}};
