export const id=851;export const ids=[851];export const modules={1851:(e,r,t)=>{t.d(r,{EventStreamSerde:()=>o.M3,eventStreamSerdeProvider:()=>o.JM});var o=t(6430);t(5666),t(3887),t(5556)}};
