export const id=207;export const ids=[207];export const modules={9207:(e,r,t)=>{t.d(r,{EventStreamSerde:()=>o.M3,eventStreamSerdeProvider:()=>o.JM});var o=t(4137);t(235),t(6509),t(2329)}};
