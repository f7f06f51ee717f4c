export const id=5093;export const ids=[5093];export const modules={5093:(e,r,t)=>{t.d(r,{EventStreamSerde:()=>o.M3,eventStreamSerdeProvider:()=>o.JM});var o=t(2967);t(9829),t(7959),t(8075)}};
