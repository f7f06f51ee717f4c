export const id=652;export const ids=[652];export const modules={9652:(e,r,t)=>{t.d(r,{EventStreamSerde:()=>o.M3,eventStreamSerdeProvider:()=>o.JM});var o=t(6706);t(2008),t(6554),t(5462)}};
