export const id=166;export const ids=[166];export const modules={166:(e,t,n)=>{n.d(t,{commentOnPullRequest:()=>commentOnPullRequest});var o=n(2231),r=n(5543),s=n(1610);n(1963);var u=n(8075);function pullRequestOf(e){let{pull_request:t,issue:n}=(0,o.Z)(e),r=t?.number??(n?.pull_request===void 0?void 0:n.number);return"number"==typeof r&&Number.isInteger(r)&&r>0?r:void 0}async function commentOnPullRequest(e,t,n,o){let u=pullRequestOf(e.environment),a=(0,r._M)(e.context);if(void 0!==t&&void 0!==u&&void 0!==a)try{let s=await (0,r.o6)(t,e.context),i={...a,issue_number:u},m=bodyOf(n,o,e.context.runUrl),d=await ownComment(s,i,l(n));void 0===d?await s.rest.issues.createComment({...i,body:m,...(0,r._L)()}):await s.rest.issues.updateComment({...a,comment_id:d,body:m,...(0,r._L)()}),e.journal.say(`The comment in pull request #${u} was ${void 0===d?"written":"brought up to date"}.`)}catch(n){let t=(0,r.DL)(`The comment in pull request #${u} could not be written`,n,"pull-requests: write");e.journal.annotate("warning",(0,r.UX)((0,s.GW)(t)))}}(0,u.K)(pullRequestOf,"pullRequestOf"),(0,u.K)(commentOnPullRequest,"commentOnPullRequest");var l=(0,u.K)(e=>`\x3c!-- aws-deploy-actions: ${e.replace(/[^\w ./:-]/g,"_").replace(/-{2,}/g,"-")} --\x3e`,"markerOf");function bodyOf(e,t,n){let o=void 0===n?"":`

The rest is in the summary of [this run](${n}).`,r=`${l(e)}
${t}`;if(r.length<=65536)return r;let s=r.slice(0,65536-o.length-20);return`${closed(s.slice(0,s.lastIndexOf("\n")))}${o}`}function closed(e){let t=e.match(/^`{3,}/gm)??[],n=(e.match(/<details>/g)??[]).length-(e.match(/<\/details>/g)??[]).length;return`${e}${t.length%2==1?`
${t.at(-1)}`:""}${"\n</details>".repeat(Math.max(0,n))}`}(0,u.K)(bodyOf,"bodyOf"),(0,u.K)(closed,"closed");var a=`query ($owner: String!, $repo: String!, $number: Int!, $size: Int!, $before: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      comments(last: $size, before: $before) {
        nodes { databaseId body viewerDidAuthor }
        pageInfo { hasPreviousPage startCursor }
      }
    }
  }
}`;async function ownComment(e,t,n){let o=null;for(let s=0;s<10;s++){let s=await e.graphql(a,{owner:t.owner,repo:t.repo,number:t.issue_number,size:100,before:o,...(0,r._L)()}),u=s.repository.pullRequest?.comments,l=u?.nodes.findLast(({body:e,viewerDidAuthor:t})=>t&&e.startsWith(n));if(void 0!==l)return l.databaseId;if(u?.pageInfo.hasPreviousPage!==!0)break;o=u.pageInfo.startCursor}}(0,u.K)(ownComment,"ownComment")}};
