import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 4812:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  H: () => (/* binding */ blueGreenTools)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __nccwpck_require__(1455);
// EXTERNAL MODULE: ./packages/shared/src/problems.ts
var src_problems = __nccwpck_require__(7971);
// EXTERNAL MODULE: ./packages/rollout/src/ports.ts
var ports = __nccwpck_require__(2269);
// EXTERNAL MODULE: ./packages/rollout/src/record/store.ts
var store = __nccwpck_require__(5482);
;// CONCATENATED MODULE: ./packages/rollout/src/record/s3.ts



const empty = { state: { lease: undefined, saved: undefined }, etag: undefined };
/**
 * Record and lease in S3, by conditional writes (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html): exact.
 *
 * @param account the bucket must belong to it: a bucket name that somebody else has taken must never get our state
 */
function bucketStore(aws, bucket, account, prefix, clock) {
    const common = { Bucket: bucket, ExpectedBucketOwner: account };
    const key = `${prefix}/state.json`;
    const readObject = async (Key) => {
        try {
            const answer = await aws.s3((sdk) => new sdk.GetObjectCommand({ ...common, Key }));
            return { text: (await answer.Body?.transformToString("utf8")) ?? "", etag: answer.ETag };
        }
        catch (error) {
            if (isStatus(error, 404))
                return undefined;
            throw error;
        }
    };
    const readState = async () => {
        const object = await readObject(key);
        return object === undefined ? empty : { state: parseState(object.text), etag: object.etag };
    };
    /** Writes if nobody else has written since; a reply that was lost is cleared up by reading. */
    const swap = async (state, etag) => {
        const Body = JSON.stringify(state, undefined, 2);
        const condition = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag };
        try {
            const answer = await aws.s3((sdk) => new sdk.PutObjectCommand({ ...common, Key: key, Body, ContentType: "application/json", ...condition }));
            return answer.ETag;
        }
        catch (error) {
            if (!isStatus(error, 412) && !isStatus(error, 409))
                throw error;
            const now = await readObject(key);
            if (now?.text === Body)
                return now.etag;
            return undefined;
        }
    };
    function session(mine, first) {
        let { state, etag } = first;
        const put = async (next) => {
            const written = await swap(next, etag);
            if (written === undefined)
                throw new ports/* LeaseLost */.V((await readState()).state.lease?.holder ?? "somebody else");
            etag = written;
            state = next;
        };
        const renewed = () => ({ ...mine, until: clock.now() + store/* leaseSeconds */.E });
        return {
            check: async () => {
                const now = await readState();
                if (now.state.lease?.owner !== mine.owner)
                    throw new ports/* LeaseLost */.V(now.state.lease?.holder ?? "somebody else");
            },
            save: async (progress) => {
                if (state.saved === undefined)
                    throw new Error("saved before it began");
                await put({ lease: renewed(), saved: { ...state.saved, progress } });
            },
            keepAlive: async () => {
                if ((state.lease?.until ?? 0) - clock.now() > store/* leaseSeconds */.E / 2)
                    return;
                await put({ ...state, lease: renewed() });
            },
            begin: async (saved) => await put({ lease: renewed(), saved }),
            end: async (saved) => {
                const stamp = new Date((saved.endedAt ?? clock.now()) * 1000).toISOString().replace(/[:.]/g, "-");
                await aws.s3((sdk) => new sdk.PutObjectCommand({
                    ...common,
                    Key: `${prefix}/history/${stamp}-${saved.deployment}.json`,
                    Body: JSON.stringify(saved, undefined, 2),
                    ContentType: "application/json",
                }));
                await put({ lease: { ...mine, until: clock.now() }, saved });
            },
            release: async () => await put({ ...state, lease: { ...mine, until: clock.now() } }),
        };
    }
    return {
        exactness: "exact",
        read: async () => (await readState()).state,
        history: async (limit) => {
            const answer = await aws.s3((sdk) => new sdk.ListObjectsV2Command({ ...common, Prefix: `${prefix}/history/` }));
            const keys = (answer.Contents ?? [])
                .flatMap((one) => (one.Key === undefined ? [] : [one.Key]))
                .sort()
                .reverse()
                .slice(0, limit);
            const objects = await Promise.all(keys.map(readObject));
            return objects.flatMap((object) => (object === undefined ? [] : parseSaved(object.text)));
        },
        take: async (lease, over) => {
            // Two tries: somebody may write between the look and the write, most often to give the lease back.
            for (let attempt = 0;; attempt++) {
                const found = await readState();
                if (found.state.lease !== undefined && (0,store/* blocks */.B)(found.state.lease, lease, over, clock.now()))
                    return { taken: false, by: found.state.lease };
                const state = { lease, saved: found.state.saved };
                const etag = await swap(state, found.etag);
                if (etag !== undefined)
                    return { taken: true, before: found.state.saved, session: session(lease, { state, etag }) };
                if (attempt >= 4)
                    return { taken: false, by: (await readState()).state.lease ?? lease };
            }
        },
    };
}
function isStatus(error, status) {
    const cause = error instanceof src_problems/* Trouble */.qm ? error.cause : error;
    const { $metadata, name } = (cause ?? {});
    return ($metadata?.httpStatusCode === status || (status === 404 && name === "NoSuchKey") || (status === 412 && name === "PreconditionFailed"));
}
/** What lies in the bucket is checked before it is believed: text that is no state counts as none. */
function parseState(text) {
    try {
        const parsed = JSON.parse(text);
        const lease = typeof parsed.lease?.owner === "string" && typeof parsed.lease.until === "number" ? parsed.lease : undefined;
        return { lease, saved: isSaved(parsed.saved) ? parsed.saved : undefined };
    }
    catch {
        return empty.state;
    }
}
function parseSaved(text) {
    try {
        const parsed = JSON.parse(text);
        return isSaved(parsed) ? [parsed] : [];
    }
    catch {
        return [];
    }
}
const isSaved = (value) => (value?.from === "blue" || value?.from === "green") &&
    (value.to === "blue" || value.to === "green") &&
    value.from !== value.to &&
    typeof value.progress?.since === "number";

;// CONCATENATED MODULE: ./packages/rollout/src/model.ts
/** The stations of a rollout. Which follows which stands in `decide/decide.ts` alone. */
const phases = ["migrate", "scale", "await-healthy", "test", "shift", "watch", "finalize", "rolling-back"];

;// CONCATENATED MODULE: ./packages/rollout/src/record/codec.ts

/** Characters that an ECS tag's value may hold besides letters and digits: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html */
const tagSafe = /[^\p{L}\p{N} +\-=._:/@]/gu;
const tagLimit = 256;
const num = (value) => (value === undefined ? "-" : String(Math.round(value * 10) / 10));
const readNum = (text) => text === undefined || text === "-" || text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
/** `a=1 b=2`: the one notation that a tag's characters allow. Values must not hold spaces. */
const pairs = (values) => Object.entries(values)
    .map(([key, value]) => `${key}=${value.replace(/\s/g, "_") || "-"}`)
    .join(" ")
    .replace(tagSafe, "_")
    .slice(0, tagLimit);
const readPairs = (text) => Object.fromEntries((text ?? "")
    .split(" ")
    .flatMap((part) => (part.includes("=") ? [[part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]] : [])));
const tagNames = {
    lease: "aws-deploy-actions:lease",
    what: "aws-deploy-actions:deployment",
    progress: "aws-deploy-actions:progress",
    reason: "aws-deploy-actions:reason",
    last: "aws-deploy-actions:last-succeeded",
};
const leaseToTag = (lease) => pairs({ owner: lease.owner, purpose: lease.purpose, since: num(lease.since), until: num(lease.until), holder: lease.holder });
/** Undefined for a tag that is missing or that nobody here wrote. */
function leaseFromTag(text) {
    const { owner, purpose, since, until, holder } = readPairs(text);
    const [begin, end] = [readNum(since), readNum(until)];
    if (owner === undefined || begin === undefined || end === undefined)
        return undefined;
    return { owner, holder: holder ?? owner, since: begin, until: end, purpose: purpose === "rollback" ? "rollback" : "deploy" };
}
/** The last part of an ARN: the account and region are those of the service that carries the tag. */
const shortRevision = (revision) => revision.split("/").at(-1) ?? revision;
function savedToTags(saved) {
    const { progress } = saved;
    return {
        [tagNames.what]: pairs({
            id: saved.deployment,
            goal: saved.goal,
            from: saved.from,
            to: saved.to,
            revision: shortRevision(saved.revision),
            previous: shortRevision(saved.previousRevision),
            commit: saved.commit.slice(0, 12),
            watch: num(saved.watch),
        }),
        [tagNames.progress]: pairs({
            phase: progress.phase,
            since: num(progress.since),
            started: num(progress.started),
            count: num(progress.count),
            step: num(progress.step),
            stepSince: num(progress.stepSince),
            switched: num(progress.switchedAt),
            confirmed: num(progress.confirmedAt),
            back: num(progress.rollbackSince),
            backAt: num(progress.backAt),
            as: progress.rollbackAs ?? "-",
            outcome: saved.outcome ?? "-",
            ended: num(saved.endedAt),
            keep: num(saved.keepUntil),
        }),
        [tagNames.reason]: (progress.rollbackReason ?? "-").replace(tagSafe, " ").slice(0, tagLimit) || "-",
    };
}
const outcomes = ["succeeded", "rolled-back", "rollback-failed", "inconclusive", "cancelled", "failed"];
const readOutcome = (text) => outcomes.find((one) => one === text);
const readColour = (text) => (text === "blue" || text === "green" ? text : undefined);
/**
 * Reads a rollout from a service's tags. Records are checked before they are believed: anything missing or odd gives undefined.
 *
 * @param revisionArn makes an ARN of `family:revision`
 */
function savedFromTags(tags, revisionArn) {
    const what = readPairs(tags[tagNames.what]);
    const noted = readPairs(tags[tagNames.progress]);
    const phase = phases.find((one) => one === noted["phase"]);
    const [from, to] = [readColour(what["from"]), readColour(what["to"])];
    const [since, started] = [readNum(noted["since"]), readNum(noted["started"])];
    if (phase === undefined || from === undefined || to === undefined || from === to || since === undefined || started === undefined)
        return undefined;
    const reason = tags[tagNames.reason];
    return {
        deployment: what["id"] ?? "",
        goal: what["goal"] === "return" ? "return" : "deploy",
        from,
        to,
        revision: revisionArn(what["revision"] ?? ""),
        previousRevision: revisionArn(what["previous"] ?? ""),
        image: "",
        commit: what["commit"] ?? "",
        progress: {
            phase,
            since,
            started,
            count: readNum(noted["count"]) ?? 1,
            step: readNum(noted["step"]) ?? 0,
            stepSince: readNum(noted["stepSince"]),
            switchedAt: readNum(noted["switched"]),
            confirmedAt: readNum(noted["confirmed"]),
            rollbackReason: reason === undefined || reason === "-" ? undefined : reason,
            rollbackSince: readNum(noted["back"]),
            backAt: readNum(noted["backAt"]),
            rollbackAs: readOutcome(noted["as"]),
        },
        outcome: readOutcome(noted["outcome"]),
        endedAt: readNum(noted["ended"]),
        keepUntil: readNum(noted["keep"]),
        watch: readNum(what["watch"]) ?? 600,
    };
}

;// CONCATENATED MODULE: ./packages/rollout/src/record/tags.ts



/** How long a tag needs to be read by others. Tags have no compare-and-swap, so two runs see each other only after this. */
const settleSeconds = 2;
/**
 * Record and lease as tags of the blue service: nothing to set up, and advisory. Two runs that begin within the same two seconds may both
 * believe that they hold the lease until the next look; a state bucket closes that window.
 *
 * @param serviceArn the service that carries the tags
 */
function tagStore(aws, serviceArn, clock) {
    const revisionArn = (short) => short.startsWith("arn:") ? short : `${serviceArn.replace(/:service\/.*$/, "")}:task-definition/${short}`;
    const readTags = async () => {
        const answer = await aws.ecs((sdk) => new sdk.ListTagsForResourceCommand({ resourceArn: serviceArn }));
        return Object.fromEntries((answer.tags ?? []).map((tag) => [tag.key ?? "", tag.value ?? ""]));
    };
    const write = async (tags) => {
        const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
        await aws.ecs((sdk) => new sdk.TagResourceCommand({ resourceArn: serviceArn, tags: list }));
    };
    const read = async () => {
        const tags = await readTags();
        return { lease: leaseFromTag(tags[tagNames.lease]), saved: savedFromTags(tags, revisionArn) };
    };
    function session(mine) {
        let lease = mine;
        let current;
        const check = async () => {
            const { lease: found } = await read();
            if (found !== undefined && found.owner !== mine.owner && found.until > clock.now())
                throw new ports/* LeaseLost */.V(found.holder);
        };
        const renewed = () => {
            lease = { ...lease, until: clock.now() + store/* leaseSeconds */.E };
            return lease;
        };
        const save = async (saved) => {
            current = saved;
            await write({ [tagNames.lease]: leaseToTag(renewed()), ...savedToTags(saved) });
        };
        return {
            check,
            save: async (progress) => {
                if (current === undefined)
                    throw new Error("saved before it began");
                await save({ ...current, progress });
            },
            keepAlive: async () => {
                if (lease.until - clock.now() > store/* leaseSeconds */.E / 2)
                    return;
                await check();
                await write({ [tagNames.lease]: leaseToTag(renewed()) });
            },
            begin: save,
            end: async (saved) => {
                await write({ [tagNames.lease]: leaseToTag({ ...lease, until: clock.now() }), ...savedToTags(saved) });
            },
            release: async () => await write({ [tagNames.lease]: leaseToTag({ ...lease, until: clock.now() }) }),
        };
    }
    return {
        exactness: "advisory",
        read,
        history: async () => {
            const { saved } = await read();
            return saved?.outcome === undefined ? [] : [saved];
        },
        take: async (lease, over) => {
            const found = await read();
            if (found.lease !== undefined && (0,store/* blocks */.B)(found.lease, lease, over, clock.now()))
                return { taken: false, by: found.lease };
            await write({ [tagNames.lease]: leaseToTag(lease) });
            // A rollback does not wait: whoever else holds the lease sees its tag before its own next mutation.
            if (over === "nobody") {
                await clock.sleep(settleSeconds);
                const { lease: winner } = await read();
                if (winner !== undefined && winner.owner !== lease.owner)
                    return { taken: false, by: winner };
            }
            return { taken: true, before: found.saved, session: session(lease) };
        },
    };
}

// EXTERNAL MODULE: ./packages/rollout/src/definition.ts
var src_definition = __nccwpck_require__(3196);
;// CONCATENATED MODULE: ./packages/rollout/src/aws/definitions.ts


/** Reads a task definition by ARN, `family:revision` or family (its latest), with its tags and every field, known to the SDK or not. */
async function readDefinition(aws, name) {
    let raw;
    const keep = (body) => {
        raw = body;
    };
    await aws.ecs((sdk) => new sdk.DescribeTaskDefinitionCommand({ taskDefinition: name, include: ["TAGS"] }), { onRawAnswer: keep });
    const definition = raw?.["taskDefinition"];
    if (definition === undefined)
        throw (0,src_problems/* deploymentTrouble */.lE)(`task definition ${name} could not be read`);
    return {
        arn: String(definition["taskDefinitionArn"]),
        family: String(definition["family"]),
        body: (0,src_definition/* registrable */.ZV)(definition, raw?.["tags"] ?? null),
    };
}
/**
 * Registers a definition, or finds that the family's latest revision already is the same: a run that died after registering
 * must not leave a second revision.
 */
async function registerOnce(aws, body) {
    const family = String(body["family"]);
    const latest = await readDefinition(aws, family).catch(() => undefined);
    if (latest !== undefined && (0,src_definition/* sameDefinition */.uD)(latest.body, body))
        return { arn: latest.arn, created: false };
    const answer = await aws
        .ecs((sdk) => new sdk.RegisterTaskDefinitionCommand({ family, containerDefinitions: [] }), {
        rawBody: body,
        // A reply that was lost may have registered it: look again instead of registering twice.
        retry: { attempts: 1, budget: 0 },
    })
        .catch(async (error) => {
        const again = await readDefinition(aws, family).catch(() => undefined);
        if (again !== undefined && again.arn !== latest?.arn && (0,src_definition/* sameDefinition */.uD)(again.body, body))
            return { taskDefinition: { taskDefinitionArn: again.arn } };
        throw error;
    });
    const arn = answer.taskDefinition?.taskDefinitionArn;
    if (arn === undefined)
        throw (0,src_problems/* deploymentTrouble */.lE)(`registering a revision of ${family} gave no ARN`);
    return { arn, created: true };
}

// EXTERNAL MODULE: ./packages/shared/src/aws/errors.ts
var errors = __nccwpck_require__(1318);
;// CONCATENATED MODULE: ./packages/rollout/src/aws/images.ts


const ecrPattern = /^(?<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<repository>[^:@]+)(?::(?<tag>[\w.-]+))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;
const indexTypes = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];
const manifestTypes = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
/**
 * Resolves a tag to its digest. Images of other registries cannot be asked without their credentials and stay as they are.
 *
 * @throws Trouble when the repository or the image does not exist
 */
async function resolveImage(aws, image) {
    const parts = ecrPattern.exec(image)?.groups;
    if (parts === undefined)
        return { image, pinned: image.includes("@sha256:"), platforms: undefined };
    const { account = "", region = "", repository = "", tag, digest } = parts;
    const imageIds = [digest === undefined ? { imageTag: tag ?? "latest" } : { imageDigest: digest }];
    const answer = await aws
        .inRegion(region)
        .ecr((sdk) => new sdk.BatchGetImageCommand({
        registryId: account,
        repositoryName: repository,
        imageIds,
        acceptedMediaTypes: [...indexTypes, ...manifestTypes],
    }))
        .catch((error) => {
        if ((0,errors/* causeKind */.My)(error) !== "missing")
            throw error;
        throw (0,src_problems/* deploymentTrouble */.lE)(`The repository ${repository} does not exist in account ${account}, ${region}.`, `aws ecr describe-repositories --region ${region}`);
    });
    const found = answer.images?.[0];
    if (found?.imageId?.imageDigest === undefined) {
        const why = answer.failures?.[0]?.failureReason ?? "not found";
        throw (0,src_problems/* deploymentTrouble */.lE)(`The image ${image} does not exist: ${why}.`, `Push it, or see what there is: aws ecr describe-images --region ${region} --repository-name ${repository} --query 'imageDetails[].imageTags'`);
    }
    const host = image.slice(0, image.indexOf("/"));
    return { image: `${host}/${repository}@${found.imageId.imageDigest}`, pinned: true, platforms: platformsOf(found.imageManifest) };
}
/** The platforms that an index lists; attestations, which claim to be for "unknown", are no platforms. */
function platformsOf(manifest) {
    try {
        const { manifests } = JSON.parse(manifest ?? "");
        const listed = manifests?.flatMap(({ platform }) => platform?.architecture === undefined || platform.architecture === "unknown" ? [] : [`${platform.os}/${platform.architecture}`]);
        return listed === undefined || listed.length === 0 ? undefined : listed;
    }
    catch {
        return undefined;
    }
}

// EXTERNAL MODULE: ./packages/rollout/src/colours.ts
var colours = __nccwpck_require__(9536);
;// CONCATENATED MODULE: ./packages/rollout/src/names.ts
function namesOf(address) {
    const { application, environment } = address;
    return {
        cluster: address.cluster ?? `${application}-${environment}`,
        services: {
            blue: address.services?.blue ?? `${application}-blue-${environment}`,
            green: address.services?.green ?? `${application}-green-${environment}`,
        },
        loadBalancer: address.loadBalancer ?? `${application}-alb-${environment}`,
        secret: address.secretId ?? `${application}-${environment}`,
        logGroups: `/aws/${application}/*-${environment}`,
    };
}

;// CONCATENATED MODULE: ./packages/rollout/src/aws/services.ts


const instant = (date) => (date === undefined ? 0 : date.getTime() / 1000);
/** The two ECS services of an environment. */
function ecsServices(aws, cluster, names) {
    return {
        look: async () => {
            const { found, missing } = await describeServices(aws, cluster, colours/* colours */.M8.map((colour) => names[colour]));
            const service = (colour) => {
                const one = found.find((candidate) => isNamed(candidate, names[colour]));
                if (one === undefined)
                    throw (0,src_problems/* deploymentTrouble */.lE)(`service ${names[colour]} is not in cluster ${cluster}: ${missing.get(names[colour]) ?? "not found"}`);
                return one;
            };
            return (0,colours/* perColour */.Yr)(service);
        },
        update: async (colour, { revision, count }) => {
            const answer = await aws.ecs((sdk) => new sdk.UpdateServiceCommand({
                cluster,
                service: names[colour],
                desiredCount: count,
                ...(revision === undefined ? {} : { taskDefinition: revision }),
            }));
            if (answer.service === undefined)
                throw (0,src_problems/* deploymentTrouble */.lE)(`ECS gave no answer about service ${names[colour]}`);
            return toService(answer.service);
        },
        tasks: async (colour) => await serviceTasks(aws, cluster, names[colour]),
    };
}
const isNamed = (service, nameOrArn) => service.name === nameOrArn || service.arn === nameOrArn;
/** Up to ten services with their tags, and why others are missing. */
async function describeServices(aws, cluster, services) {
    const answer = await aws.ecs((sdk) => new sdk.DescribeServicesCommand({ cluster, services: [...services], include: ["TAGS"] }));
    const missing = new Map((answer.failures ?? []).map((failure) => [failure.arn?.split("/").at(-1) ?? "", failure.reason ?? ""]));
    return { found: (answer.services ?? []).map(toService), missing };
}
function toService(service) {
    const network = service.networkConfiguration?.awsvpcConfiguration;
    return {
        arn: service.serviceArn ?? "",
        name: service.serviceName ?? "",
        status: service.status ?? "",
        desired: service.desiredCount ?? 0,
        running: service.runningCount ?? 0,
        pending: service.pendingCount ?? 0,
        revision: service.taskDefinition ?? "",
        controller: service.deploymentController?.type ?? "ECS",
        strategy: service.deploymentConfiguration?.strategy ?? "ROLLING",
        attachments: (service.loadBalancers ?? []).map((one) => ({
            group: one.targetGroupArn ?? "",
            container: one.containerName ?? "",
            port: one.containerPort ?? 0,
        })),
        subnets: network?.subnets ?? [],
        securityGroups: network?.securityGroups ?? [],
        assignPublicIp: network?.assignPublicIp === "ENABLED",
        launchType: service.launchType ?? service.capacityProviderStrategy?.[0]?.capacityProvider ?? "",
        deployments: (service.deployments ?? []).map(toDeployment),
        events: (service.events ?? []).slice(0, 20).map((event) => ({ at: instant(event.createdAt), message: event.message ?? "" })),
        tags: Object.fromEntries((service.tags ?? []).map((tag) => [tag.key ?? "", tag.value ?? ""])),
    };
}
const toDeployment = (one) => ({
    id: one.id ?? "",
    status: one.status ?? "",
    revision: one.taskDefinition ?? "",
    desired: one.desiredCount ?? 0,
    running: one.runningCount ?? 0,
    pending: one.pendingCount ?? 0,
    failed: one.failedTasks ?? 0,
    rolloutState: one.rolloutState ?? "",
    reason: one.rolloutStateReason ?? "",
});
/** A service's tasks. ListTasks shows stopped ones only when asked for them, so it is asked twice. */
async function serviceTasks(aws, cluster, service) {
    const name = service.split("/").at(-1) ?? service;
    const list = async (desiredStatus) => {
        const answer = await aws.ecs((sdk) => new sdk.ListTasksCommand({ cluster, serviceName: name, desiredStatus, maxResults: 100 }));
        return answer.taskArns ?? [];
    };
    const [running, stopped] = await Promise.all([list("RUNNING"), list("STOPPED")]);
    return await describeTasks(aws, cluster, [...running, ...stopped.slice(0, 100)]);
}
/** Any number of tasks, a hundred a call. */
async function describeTasks(aws, cluster, arns) {
    const pages = Array.from({ length: Math.ceil(arns.length / 100) }, (_, page) => arns.slice(page * 100, page * 100 + 100));
    const answers = await Promise.all(pages.map((tasks) => aws.ecs((sdk) => new sdk.DescribeTasksCommand({ cluster, tasks: [...tasks] }))));
    return answers.flatMap((answer) => (answer.tasks ?? []).map(toTask));
}
function toTask(task) {
    const interfaces = task.containers?.flatMap((container) => container.networkInterfaces ?? []) ?? [];
    const fromContainers = interfaces.flatMap((one) => (one.privateIpv4Address === undefined ? [] : [one.privateIpv4Address]));
    const fromAttachments = (task.attachments ?? []).flatMap((attachment) => (attachment.details ?? []).flatMap((detail) => detail.name === "privateIPv4Address" && detail.value !== undefined ? [detail.value] : []));
    return {
        id: task.taskArn?.split("/").at(-1) ?? "",
        revision: task.taskDefinitionArn ?? "",
        status: task.lastStatus ?? "",
        health: task.healthStatus ?? "UNKNOWN",
        addresses: [...new Set([...fromContainers, ...fromAttachments])],
        stopCode: task.stopCode ?? "",
        stoppedReason: task.stoppedReason ?? "",
        stoppedAt: task.stoppedAt === undefined ? undefined : instant(task.stoppedAt),
        createdAt: instant(task.createdAt),
        containers: (task.containers ?? []).map((container) => ({
            name: container.name ?? "",
            exitCode: container.exitCode,
            reason: container.reason ?? "",
            health: container.healthStatus ?? "UNKNOWN",
        })),
    };
}

// EXTERNAL MODULE: ./packages/shared/src/text/sanitise.ts
var sanitise = __nccwpck_require__(245);
;// CONCATENATED MODULE: ./packages/rollout/src/aws/traffic.ts


/** Traffic through an Application Load Balancer. */
function albTraffic(aws, scope) {
    const raw = new Map();
    const remember = (found) => {
        for (const { route, actions } of found)
            raw.set(route.id, actions);
        return found.map(({ route }) => route);
    };
    async function read() {
        const listeners = await aws.elb((sdk) => new sdk.DescribeListenersCommand({ ListenerArns: [...scope.listeners] }));
        const fromListeners = (listeners.Listeners ?? []).map((one) => toRoute({ id: one.ListenerArn ?? "", kind: "listener", listener: one.ListenerArn ?? "", label: `listener :${one.Port ?? "?"}` }, one.DefaultActions ?? [], scope.pairs));
        const rules = await Promise.all(scope.listeners.map((listener) => readRules(listener)));
        const found = [...fromListeners, ...rules.flat()].filter((one) => one !== undefined);
        const wanted = new Set(scope.rules);
        return wanted.size === 0 ? found : found.filter(({ route }) => wanted.has(route.id));
    }
    async function readRules(listener) {
        const answer = await aws.elb((sdk) => new sdk.DescribeRulesCommand({ ListenerArn: listener, PageSize: 400 }));
        // The default rule is the listener's default action under another name.
        const rules = (answer.Rules ?? []).filter((rule) => rule.IsDefault !== true);
        return rules.map((rule) => toRoute({ id: rule.RuleArn ?? "", kind: "rule", listener, label: ruleLabel(rule) }, rule.Actions ?? [], scope.pairs));
    }
    return {
        routes: async () => remember(await read()),
        health: async (groups) => (await Promise.all(groups.map((group) => groupHealth(aws, group)))).flat(),
        setWeights: async (route, weights) => {
            const actions = raw.get(route.id);
            if (actions === undefined)
                throw new Error(`route ${route.id} was never read`);
            const changed = withWeights(actions, route, weights);
            if (route.kind === "listener")
                await aws.elb((sdk) => new sdk.ModifyListenerCommand({ ListenerArn: route.id, DefaultActions: changed }));
            else
                await aws.elb((sdk) => new sdk.ModifyRuleCommand({ RuleArn: route.id, Actions: changed }));
            raw.set(route.id, changed);
            return { ...route, weights };
        },
    };
}
async function groupHealth(aws, group) {
    const answer = await aws.elb((sdk) => new sdk.DescribeTargetHealthCommand({ TargetGroupArn: group }));
    return (answer.TargetHealthDescriptions ?? []).map((one) => ({
        group,
        id: one.Target?.Id ?? "",
        port: one.Target?.Port ?? 0,
        state: targetState(one.TargetHealth?.State),
        reason: one.TargetHealth?.Description ?? one.TargetHealth?.Reason ?? "",
    }));
}
/** `unhealthy.draining` and states of later years are nothing that may get users. */
function targetState(state) {
    switch (state) {
        case "initial":
        case "healthy":
        case "unused":
        case "draining":
        case "unavailable":
            return state;
        default:
            return "unhealthy";
    }
}
/** `rule 10 (/health, /api/*)`. */
const ruleLabel = (rule) => {
    const paths = (rule.Conditions ?? []).flatMap((condition) => condition.PathPatternConfig?.Values ?? condition.HostHeaderConfig?.Values ?? condition.Values ?? []);
    return `rule ${rule.Priority ?? "?"}${paths.length === 0 ? "" : ` (${(0,sanitise/* oneLine */.TN)(paths.join(", "), 80)})`}`;
};
/** The route of an action list, or undefined when it does not forward to the pair. */
function toRoute(about, actions, pairs) {
    const forward = actions.find((action) => action.Type === "forward");
    if (forward === undefined)
        return undefined;
    const tuples = tuplesOf(forward);
    const groups = pairs.find((pair) => tuples.some((tuple) => tuple.TargetGroupArn === pair.blue || tuple.TargetGroupArn === pair.green));
    if (groups === undefined)
        return undefined;
    const weightOf = (group) => {
        const tuple = tuples.find((one) => one.TargetGroupArn === group);
        // A group without a weight is the only one: it gets everything.
        return tuple === undefined ? undefined : (tuple.Weight ?? 100);
    };
    const strangers = tuples.map((tuple) => tuple.TargetGroupArn ?? "").filter((group) => group !== groups.blue && group !== groups.green);
    const sticky = forward.ForwardConfig?.TargetGroupStickinessConfig;
    const stickySeconds = sticky?.Enabled === true ? (sticky.DurationSeconds ?? 86_400) : undefined;
    const route = {
        ...about,
        groups,
        weights: { blue: weightOf(groups.blue), green: weightOf(groups.green) },
        strangers,
        stickySeconds,
    };
    return { route, actions };
}
const tuplesOf = (forward) => forward.ForwardConfig?.TargetGroups ?? (forward.TargetGroupArn === undefined ? [] : [{ TargetGroupArn: forward.TargetGroupArn }]);
/**
 * The same actions with other weights. Everything else stays: order, authentication, stickiness.
 * An OIDC action never shows its client secret, so it has to say that the existing one stays:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateOidcActionConfig.html
 */
function withWeights(actions, route, weights) {
    const tuple = (group, weight) => weight === undefined ? [] : [{ TargetGroupArn: group, Weight: weight }];
    const groups = [...tuple(route.groups.blue, weights.blue), ...tuple(route.groups.green, weights.green)];
    if (groups.length === 0)
        throw (0,src_problems/* inputTrouble */.KL)(`${route.kind} ${route.id} would forward to nothing.`);
    return actions.map((action) => {
        if (action.Type === "authenticate-oidc" && action.AuthenticateOidcConfig !== undefined) {
            const { ClientSecret: _, ...config } = action.AuthenticateOidcConfig;
            return { ...action, AuthenticateOidcConfig: { ...config, UseExistingClientSecret: true } };
        }
        if (action.Type !== "forward")
            return action;
        // AWS refuses an action that names both a group and a list of groups that differ.
        const { TargetGroupArn: __, ...rest } = action;
        return { ...rest, ForwardConfig: { ...action.ForwardConfig, TargetGroups: groups } };
    });
}

;// CONCATENATED MODULE: ./packages/rollout/src/aws/locate.ts






/**
 * Finds cluster, services, load balancer, listeners and rules of an environment, from what AWS has, never from a guess.
 *
 * @throws Trouble with everything that is missing or wrong, not only the first of it
 */
async function locate(aws, address) {
    const names = namesOf(address);
    const [services, balancer] = await Promise.all([
        attempt(() => findServices(aws, names)),
        attempt(() => findLoadBalancer(aws, names.loadBalancer, address)),
    ]);
    const problems = [...services.problems, ...balancer.problems];
    if (services.value === undefined || balancer.value === undefined)
        throw new src_problems/* Trouble */.qm(problems);
    const pairs = pairUp(services.value, address);
    const own = pairs.problems;
    if (own.length > 0)
        throw new src_problems/* Trouble */.qm([...problems, ...own]);
    const scope = {
        listeners: balancer.value.listeners.filter((listener) => listener !== address.testListenerArn),
        rules: address.ruleArns ?? [],
        pairs: pairs.value,
    };
    const traffic = albTraffic(aws, scope);
    const routes = await traffic.routes();
    const routeProblems = checkRoutes(routes, names, address, services.value);
    if (routeProblems.length > 0)
        throw new src_problems/* Trouble */.qm([...problems, ...routeProblems]);
    return { names, services: services.value, loadBalancer: balancer.value, listeners: scope.listeners, pairs: pairs.value, routes, traffic };
}
async function attempt(look) {
    try {
        return { value: await look(), problems: [] };
    }
    catch (error) {
        return { value: undefined, problems: (0,src_problems/* problemsOf */.GW)(error) };
    }
}
async function findServices(aws, names) {
    const wanted = colours/* colours */.M8.map((colour) => names.services[colour]);
    const { found } = await describeServices(aws, names.cluster, wanted).catch((error) => {
        if ((0,errors/* causeKind */.My)(error) !== "missing")
            throw error;
        throw new src_problems/* Trouble */.qm((0,src_problems/* problem */.CC)("deployment", `Cluster ${names.cluster} does not exist in ${aws.region}.`, `Give its name with "cluster: …", or list what there is: aws ecs list-clusters --region ${aws.region}`));
    });
    const byColour = (colour) => found.find((one) => one.name === names.services[colour] || one.arn === names.services[colour]);
    const problems = colours/* colours */.M8.flatMap((colour) => serviceProblems(colour, byColour(colour), names));
    const { blue, green } = { blue: byColour("blue"), green: byColour("green") };
    if (problems.length > 0 || blue === undefined || green === undefined)
        throw new src_problems/* Trouble */.qm(problems);
    return { blue, green };
}
/** Why a service cannot be deployed blue/green by us; nothing for one that can. */
function serviceProblems(colour, service, names) {
    const name = names.services[colour];
    if (service === undefined || service.status === "INACTIVE") {
        return [
            (0,src_problems/* problem */.CC)("deployment", `Service ${name} does not exist in cluster ${names.cluster}.`, `Give its name with "${colour}-service: …", or list what there is: aws ecs list-services --cluster ${names.cluster}`),
        ];
    }
    if (service.controller !== "ECS") {
        return [
            (0,src_problems/* problem */.CC)("deployment", `Service ${name} is under the deployment controller ${service.controller}, which moves its traffic itself: two hands on one load balancer lose requests.`, "Create the service anew with the controller ECS (the controller of a service cannot be changed), or deploy it with CodeDeploy."),
        ];
    }
    if (service.strategy !== "ROLLING") {
        return [
            (0,src_problems/* problem */.CC)("deployment", `Service ${name} has ECS's own deployment strategy ${service.strategy}, which moves its traffic itself.`, `aws ecs update-service --cluster ${names.cluster} --service ${name} --deployment-configuration strategy=ROLLING`),
        ];
    }
    return [];
}
async function findLoadBalancer(aws, nameOrArn, address) {
    const key = nameOrArn.startsWith("arn:") ? { LoadBalancerArns: [nameOrArn] } : { Names: [nameOrArn] };
    const answer = await aws
        .elb((sdk) => new sdk.DescribeLoadBalancersCommand(key))
        .catch((error) => {
        if ((0,errors/* causeKind */.My)(error) === "missing")
            return { LoadBalancers: [] };
        throw error;
    });
    const balancer = answer.LoadBalancers?.[0];
    if (balancer?.LoadBalancerArn === undefined) {
        throw new src_problems/* Trouble */.qm((0,src_problems/* problem */.CC)("deployment", `Load balancer ${nameOrArn} does not exist in ${aws.region}.`, `Give it with "load-balancer: …", or list what there is: aws elbv2 describe-load-balancers --query 'LoadBalancers[].LoadBalancerName'`));
    }
    const arn = balancer.LoadBalancerArn;
    const given = address.listenerArns ?? [];
    const listeners = given.length > 0 ? given : await listenersOf(aws, arn);
    return { arn, dnsName: balancer.DNSName ?? "", listeners };
}
async function listenersOf(aws, loadBalancer) {
    const answer = await aws.elb((sdk) => new sdk.DescribeListenersCommand({ LoadBalancerArn: loadBalancer, PageSize: 400 }));
    return (answer.Listeners ?? []).flatMap((one) => (one.ListenerArn === undefined ? [] : [one.ListenerArn]));
}
/** Pairs the two services' target groups: the same container and port in both, or by position where they were given. */
function pairUp(services, address) {
    const given = (0,colours/* perColour */.Yr)((colour) => address.targetGroups?.[colour] ?? []);
    if (given.blue.length > 0 || given.green.length > 0) {
        const value = given.blue.flatMap((blue, index) => (given.green[index] === undefined ? [] : [{ blue, green: given.green[index] }]));
        const problems = given.blue.length === given.green.length
            ? []
            : [
                (0,src_problems/* problem */.CC)("input", `blue-target-groups has ${given.blue.length} entries and green-target-groups ${given.green.length}: they are paired by position, so there must be as many.`),
            ];
        return { value, problems };
    }
    const { blue, green } = services;
    const without = colours/* colours */.M8.filter((colour) => services[colour].attachments.length === 0);
    if (without.length > 0) {
        const problems = without.map((colour) => (0,src_problems/* problem */.CC)("deployment", `Service ${services[colour].name} has no target group.`, "Attach one to the service (loadBalancers), or give blue-target-groups and green-target-groups."));
        return { value: [], problems };
    }
    const problems = [];
    const value = blue.attachments.flatMap((mine) => {
        const twin = green.attachments.find((one) => one.container === mine.container && one.port === mine.port) ??
            (green.attachments.length === 1 && blue.attachments.length === 1 ? green.attachments[0] : undefined);
        if (twin !== undefined)
            return [{ blue: mine.group, green: twin.group }];
        problems.push((0,src_problems/* problem */.CC)("deployment", `Service ${green.name} has no target group for container ${mine.container}, port ${mine.port}, as ${blue.name} has.`));
        return [];
    });
    const shared = value.filter((pair) => pair.blue === pair.green);
    problems.push(...shared.map((pair) => (0,src_problems/* problem */.CC)("deployment", `Both services use the target group ${pair.blue}: blue and green need one each.`)));
    return { value, problems };
}
function checkRoutes(routes, names, address, services) {
    if (routes.length === 0) {
        const groups = colours/* colours */.M8.flatMap((colour) => services[colour].attachments.map((one) => one.group.split("/").at(-2) ?? one.group));
        return [
            (0,src_problems/* problem */.CC)("deployment", `No listener or rule of ${names.loadBalancer} forwards to a target group of ${names.services.blue} or ${names.services.green} (${groups.join(", ")}).`, "Let the listener forward to the blue group (weight 100) and the green group (weight 0), or give listener-arns."),
        ];
    }
    const missing = (address.ruleArns ?? []).filter((rule) => !routes.some((route) => route.id === rule));
    const lost = missing.map((rule) => (0,src_problems/* problem */.CC)("deployment", `Rule ${rule} does not exist, or forwards to none of the pair's target groups.`));
    const mixed = routes
        .filter((route) => route.strangers.length > 0)
        .map((route) => (0,src_problems/* problem */.CC)("deployment", `The ${route.kind} ${route.id} also forwards to ${route.strangers.join(", ")}, which belongs to neither colour.`, "Take it out of the action, or leave this route out with listener-arns or rule-arns."));
    return [...lost, ...mixed];
}

// EXTERNAL MODULE: ./packages/rollout/src/aws/logs.ts
var logs = __nccwpck_require__(2600);
;// CONCATENATED MODULE: ./packages/shared/src/aws/metrics-alarms.ts

/** The page limit of DescribeAlarms, and the most names it takes. */
const page = 100;
/** The watched alarms as they are now, metric and composite ones; those that were named and do not exist are `missing`. */
async function describeAlarms(aws, watched, options) {
    const selections = [
        ...Array.from({ length: Math.ceil(watched.names.length / page) }, (_, index) => ({
            AlarmNames: watched.names.slice(index * page, (index + 1) * page),
        })),
        ...(watched.prefix === undefined ? [] : [{ AlarmNamePrefix: watched.prefix }]),
    ];
    const found = new Map();
    for (const selection of selections) {
        let NextToken;
        do {
            const answer = await aws.cloudwatch((sdk) => new sdk.DescribeAlarmsCommand({
                ...selection,
                // Without this, composite alarms are left out silently: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
                AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
                MaxRecords: page,
                ...(NextToken === undefined ? {} : { NextToken }),
            }), options);
            for (const alarm of [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])]) {
                const seen = alarmSeen(alarm);
                found.set(seen.name, seen);
            }
            NextToken = answer.NextToken;
        } while (NextToken !== undefined && NextToken !== "");
    }
    const missing = watched.names.filter((name) => !found.has(name));
    return [...found.values(), ...missing.map((name) => ({ name, state: "missing", since: undefined, reason: undefined }))];
}
function alarmSeen(alarm) {
    // StateUpdatedTimestamp also moves when only the reason changes.
    const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
    return {
        name: alarm.AlarmName ?? "",
        state: alarm.StateValue === "ALARM" ? "alarm" : alarm.StateValue === "OK" ? "ok" : "insufficient-data",
        since: since === undefined ? undefined : since.getTime() / 1000,
        reason: alarm.StateReason === undefined ? undefined : (0,sanitise/* oneLine */.TN)(alarm.StateReason, 300),
    };
}

;// CONCATENATED MODULE: ./packages/shared/src/aws/metrics-series.ts
/** `targetgroup/shop/73e2d6bc24d8a067`, the value of the dimension TargetGroup. */
const groupDimension = (arn) => arn.slice(arn.lastIndexOf(":") + 1);
/** `app/shop/50dc6c495c0c9188`, the value of the dimension LoadBalancer. */
const balancerDimension = (arn) => arn.slice(arn.lastIndexOf(":") + 1).replace(/^loadbalancer\//, "");
/**
 * The queries of one look.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
function askFor(groups, statistic, database) {
    const asked = [];
    const ask = (part, of, namespace, name, dimensions, stat) => {
        const metric = {
            Namespace: namespace,
            MetricName: name,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        };
        // Ids must begin with a small letter, and be used once in a request.
        asked.push({ part, of, query: { Id: `m${asked.length}`, MetricStat: { Metric: metric, Period: 60, Stat: stat } } });
    };
    const elb = "AWS/ApplicationELB";
    const all = [...groups.next, ...groups.previous];
    for (const arn of new Set(all.map((group) => group.arn))) {
        const group = all.find((one) => one.arn === arn);
        if (group === undefined)
            continue;
        const of = groupDimension(arn);
        const dimensions = { TargetGroup: of, LoadBalancer: balancerDimension(group.balancerArn) };
        ask("requests", of, elb, "RequestCount", dimensions, "Sum");
        ask("targetErrors", of, elb, "HTTPCode_Target_5XX_Count", dimensions, "Sum");
        ask("connectionErrors", of, elb, "TargetConnectionErrorCount", dimensions, "Sum");
        ask("responseTime", of, elb, "TargetResponseTime", dimensions, statistic);
    }
    for (const of of new Set(all.map((group) => balancerDimension(group.balancerArn)))) {
        // No target-group dimension exists for these: what a crashing target causes is mixed with everything else of the load balancer.
        ask("balancerErrors", of, elb, "HTTPCode_ELB_5XX_Count", { LoadBalancer: of }, "Sum");
        ask("balancerRequests", of, elb, "RequestCount", { LoadBalancer: of }, "Sum");
    }
    if (database !== undefined)
        ask("database", "", database.namespace, database.name, database.dimensions, database.statistic);
    return asked;
}
function createPoints() {
    const series = new Map();
    const row = (part, of) => {
        const key = `${part} ${of}`;
        const found = series.get(key) ?? new Map();
        series.set(key, found);
        return found;
    };
    const minutesOf = (...rows) => [...new Set(rows.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b);
    const latest = (minute, ...rows) => Math.max(...rows.map((one) => one.get(minute)?.readableAt ?? 0));
    const groupSeries = (group) => {
        const of = groupDimension(group.arn);
        const rows = [row("requests", of), row("targetErrors", of), row("connectionErrors", of), row("responseTime", of)];
        const [requests, targetErrors, connectionErrors, responseTime] = rows;
        const minutes = minutesOf(...rows).map((start) => ({
            start,
            requests: requests.get(start)?.value,
            targetErrors: targetErrors.get(start)?.value ?? 0,
            connectionErrors: connectionErrors.get(start)?.value ?? 0,
            responseTime: responseTime.get(start)?.value,
            readableAt: latest(start, ...rows),
        }));
        return { group: group.name, minutes };
    };
    const balancer = (of) => {
        const [errors, requests] = [row("balancerErrors", of), row("balancerRequests", of)];
        const minutes = minutesOf(errors, requests).map((start) => ({
            start,
            errors: errors.get(start)?.value ?? 0,
            requests: requests.get(start)?.value,
            readableAt: latest(start, errors, requests),
        }));
        return { balancer: of.split("/")[1] ?? of, minutes };
    };
    return {
        put: ({ part, of }, minute, value, now) => {
            const points = row(part, of);
            if (points.get(minute)?.value !== value)
                points.set(minute, { value, readableAt: now });
        },
        groups: ({ next, previous }) => ({ next: next.map(groupSeries), previous: previous.map(groupSeries) }),
        balancers: ({ next, previous }) => [...new Set([...next, ...previous].map((group) => balancerDimension(group.balancerArn)))].map(balancer),
        database: () => [...row("database", "")]
            .map(([start, { value, readableAt }]) => ({ start, percent: value, readableAt }))
            .sort((a, b) => a.start - b.start),
    };
}

;// CONCATENATED MODULE: ./packages/shared/src/aws/metrics.ts





/** No look holds the caller up for longer: the prober's verdict must not wait for a CloudWatch that is silent. */
const patience = 1.5;
/** A call is given up after this; the next look asks again. */
const callLimit = 10;
/** After throttling, pauses between calls grow up to this. */
const longestPause = 16;
/**
 * CloudWatch behind {@link MetricsPort}. Keeps what it saw, and when it saw it, for as long as it lives.
 *
 * @param clock the one that the SDK's calls and the judge share
 */
function watchMetrics(aws, query, clock) {
    const points = createPoints();
    const asked = askFor(query.groups, query.statistic, query.database);
    let alarms = [];
    const watchesAlarms = query.alarms.names.length > 0 || query.alarms.prefix !== undefined;
    const metricsSource = createSource(clock);
    const alarmsSource = createSource(clock);
    return {
        look: async (from, signal) => {
            const both = Promise.all([
                asked.length === 0
                    ? metricsSource.rest()
                    : metricsSource.ask(async (options) => {
                        const end = Math.floor(clock.now() / 60) * 60;
                        const begin = Math.min(Math.floor(from / 60) * 60, end - 60);
                        for (const [series, minute, value] of await readData(aws, asked, begin, end, options))
                            points.put(series, minute, value, clock.now());
                    }, signal),
                watchesAlarms
                    ? alarmsSource.ask(async (options) => {
                        alarms = await describeAlarms(aws, query.alarms, options);
                    }, signal)
                    : alarmsSource.rest(),
            ]);
            await atMost(clock, patience, both);
            return {
                groups: points.groups(query.groups),
                balancers: points.balancers(query.groups),
                database: query.database === undefined ? undefined : points.database(),
                alarms,
                metricsSource: metricsSource.status(),
                alarmsSource: alarmsSource.status(),
            };
        },
    };
}
/** Every point of every series in [begin, end), full minutes only. */
async function readData(aws, asked, begin, end, options) {
    const byId = new Map(asked.map((one) => [one.query.Id, one]));
    const found = [];
    let NextToken;
    do {
        const answer = await aws.cloudwatch((sdk) => new sdk.GetMetricDataCommand({
            MetricDataQueries: asked.map((one) => one.query),
            StartTime: new Date(begin * 1000),
            EndTime: new Date(end * 1000),
            ScanBy: "TimestampAscending",
            ...(NextToken === undefined ? {} : { NextToken }),
        }), options);
        for (const result of answer.MetricDataResults ?? []) {
            refuseFailure(result);
            const one = byId.get(result.Id);
            for (const [index, time] of (result.Timestamps ?? []).entries()) {
                const [start, value] = [time.getTime() / 1000, result.Values?.[index]];
                if (one !== undefined && value !== undefined && start >= begin && start < end)
                    found.push([one, Math.floor(start / 60) * 60, value]);
            }
        }
        NextToken = answer.NextToken;
    } while (NextToken !== undefined && NextToken !== "");
    return found;
}
/** A series can fail inside an answer of status 200: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html */
function refuseFailure(result) {
    if (result.StatusCode !== "InternalError" && result.StatusCode !== "Forbidden")
        return;
    const said = result.Messages?.map((message) => message.Value ?? "").join(" ") ?? "";
    throw new src_problems/* Trouble */.qm({
        kind: "cloud",
        what: `cloudwatch:GetMetricData answered ${result.StatusCode}${said === "" ? "" : `: ${(0,sanitise/* oneLine */.TN)(said, 200)}`}`,
    });
}
/** Keeps track of one kind of call: whether it is answered, and since when not. */
function createSource(clock) {
    let status = { lastAnswer: undefined, failing: undefined };
    let underWay;
    let pause = 0;
    let notBefore = 0;
    const attempt = async (call, signal) => {
        const begin = clock.now();
        const limit = new AbortController();
        const done = new AbortController();
        const ends = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
        clock.sleep(callLimit, done.signal).then(() => limit.abort(), () => undefined);
        try {
            // The next look is the retry: waiting inside of one would only hide for how long nothing was answered.
            await call({ signal: ends, retry: { attempts: 1, budget: 0 } });
            status = { lastAnswer: begin, failing: undefined };
            pause = 0;
        }
        catch (error) {
            const says = limit.signal.aborted ? `no answer within ${callLimit} s` : ((0,src_problems/* problemsOf */.GW)(error)[0]?.what ?? "failed");
            status = { ...status, failing: { since: status.failing?.since ?? begin, says: (0,sanitise/* oneLine */.TN)(says, 300) } };
            pause = (0,errors/* causeKind */.My)(error) === "throttled" ? Math.min(longestPause, Math.max(2, pause * 2)) : 0;
            notBefore = clock.now() + pause;
        }
        finally {
            done.abort();
        }
    };
    return {
        ask: (call, signal) => {
            if (underWay === undefined && clock.now() < notBefore)
                return Promise.resolve();
            underWay ??= attempt(call, signal).finally(() => {
                underWay = undefined;
            });
            return underWay;
        },
        rest: async () => {
            status = { lastAnswer: clock.now(), failing: undefined };
        },
        status: () => status,
    };
}
/** Waits for the work, but no longer than the time given; the work goes on. */
async function atMost(clock, time, work) {
    const done = new AbortController();
    await Promise.race([work, clock.sleep(time, done.signal).catch(() => undefined)]);
    done.abort();
}

// EXTERNAL MODULE: ./packages/shared/src/aws/settings.ts
var settings = __nccwpck_require__(3156);
// EXTERNAL MODULE: ./packages/shared/src/units.ts
var units = __nccwpck_require__(8400);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __nccwpck_require__(7030);
;// CONCATENATED MODULE: ./packages/shared/src/health/http-address.ts

/**
 * Addresses that no health check has any business with. A URL from a pull request, or a name that somebody points there, must not make
 * the runner ask the machine's own credentials service.
 */
const metadata = new external_node_net_.BlockList();
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html, and 169.254.170.2 of ECS and CodeBuild
metadata.addSubnet("169.254.0.0", 16, "ipv4");
metadata.addSubnet("fe80::", 10, "ipv6");
metadata.addSubnet("fd00:ec2::", 32, "ipv6");
// The host of GitHub's own runners: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
metadata.addAddress("168.63.129.16", "ipv4");
// The same through NAT64: https://www.rfc-editor.org/rfc/rfc6052
metadata.addSubnet("64:ff9b::a9fe:0", 112, "ipv6");
const loopback = new external_node_net_.BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
// "This host": the kernel connects it to the loopback interface.
loopback.addSubnet("0.0.0.0", 8, "ipv4");
loopback.addAddress("::", "ipv6");
/** Why an address is refused, as the end of a sentence; undefined where it is allowed. IPv4 addresses inside IPv6 count as themselves. */
function refusedAddress(address, allowLoopback) {
    const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
    const family = (0,external_node_net_.isIP)(bare);
    if (family === 0)
        return "no IP address";
    const kind = family === 4 ? "ipv4" : "ipv6";
    if (metadata.check(bare, kind))
        return "a link-local or metadata address";
    if (!allowLoopback && loopback.check(bare, kind))
        return "an address of the runner itself";
    return undefined;
}

// EXTERNAL MODULE: ./packages/shared/src/health/http-json.ts
var http_json = __nccwpck_require__(8655);
;// CONCATENATED MODULE: ./packages/shared/src/health/http.ts




const defaultLimit = 256 * 1024;
/**
 * Makes one check: one new connection, redirects not followed, nothing kept. Never rejects; whatever goes wrong is a result.
 *
 * The request leaves through `node:http`, which lets us look at the resolved address before the connection is made (undici and fetch
 * resolve on their own), and which costs no start-up.
 */
async function checkHttp(check, options) {
    const { clock } = options;
    const begin = clock.now();
    const give = new AbortController();
    const over = new AbortController();
    const stop = () => give.abort(new Failure("timeout", "stopped"));
    options.signal?.addEventListener("abort", stop, { once: true });
    if (options.signal?.aborted === true)
        stop();
    clock.sleep(options.timeout, over.signal).then(() => give.abort(new Failure("timeout", `no complete answer within ${(0,units/* formatDuration */.a3)(options.timeout)}`)), () => undefined);
    try {
        const answer = await ask(check, options, give.signal);
        return { latency: clock.now() - begin, status: answer.status, ...expected(check, answer) };
    }
    catch (error) {
        const { cause, message } = failureOf(give.signal.aborted ? give.signal.reason : error);
        return { ok: false, latency: clock.now() - begin, cause, detail: (0,sanitise/* oneLine */.TN)(message, 200) };
    }
    finally {
        over.abort();
        options.signal?.removeEventListener("abort", stop);
    }
}
class Failure extends Error {
    cause;
    constructor(cause, message) {
        super(message);
        this.cause = cause;
    }
}
/** Whether the answer is what the check expects. */
function expected(check, answer) {
    const wrong = (cause, detail) => ({ ok: false, cause, detail: (0,sanitise/* oneLine */.TN)(detail, 200) });
    if (!check.statuses.some(({ from, to }) => answer.status >= from && answer.status <= to)) {
        const wanted = check.statuses.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
        const target = answer.location === undefined ? "" : ` (redirected to ${(0,sanitise/* oneLine */.TN)(answer.location, 100)}, which is not followed)`;
        return wrong("status", `status ${answer.status}${target} instead of ${wanted}`);
    }
    if (check.json.length === 0)
        return { ok: true };
    if (answer.cut)
        return wrong("body", "the answer is too large to be read as JSON");
    let value;
    try {
        value = JSON.parse(answer.body.toString("utf8"));
    }
    catch {
        return wrong("body", `the answer is not JSON: ${(0,sanitise/* oneLine */.TN)(answer.body.toString("utf8", 0, 200), 80)}`);
    }
    for (const one of check.json) {
        const found = (0,http_json/* jsonText */.s$)((0,http_json/* jsonAt */.og)(value, one.steps));
        if (found !== one.value)
            return wrong("body", `${one.path} is ${(0,sanitise/* oneLine */.TN)(found, 80)} instead of ${(0,sanitise/* oneLine */.TN)(one.value, 80)}`);
    }
    return { ok: true };
}
async function ask(check, options, signal) {
    const url = new URL(check.url);
    const secure = url.protocol === "https:";
    const [{ lookup: resolve }, { isIP }, http] = await Promise.all([
        Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 610, 23)),
        Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 7030, 23)),
        secure ? Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 4708, 23)) : Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 7067, 23)),
    ]);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(host) !== 0)
        refuse(host, host, options.allowLoopback);
    const lookup = guarded(options.lookup ?? resolve, options.allowLoopback);
    // A proxy resolves the name itself. Where we can, we look too; where we cannot, the name is known to the proxy alone.
    if (options.proxy !== undefined && isIP(host) === 0)
        await looked(lookup, host);
    const headers = Object.fromEntries(check.headers.map(({ name, value }) => [name, value]));
    return new Promise((resolveAnswer, reject) => {
        signal.throwIfAborted();
        const request = http.request(url, {
            method: "GET",
            headers: { "user-agent": "aws-deploy-actions", accept: "application/json, */*", "accept-encoding": "identity", ...headers },
            signal,
            ...(options.proxy === undefined ? { agent: false, lookup } : { agent: new http.Agent({ proxyEnv: options.proxy }) }),
        });
        request.on("error", reject);
        request.once("response", (response) => {
            const chunks = [];
            let size = 0;
            const limit = options.limit ?? defaultLimit;
            const done = (cut) => {
                resolveAnswer({ status: response.statusCode ?? 0, location: response.headers.location, body: Buffer.concat(chunks), cut });
                if (cut)
                    request.destroy();
            };
            response.on("error", reject);
            response.on("data", (chunk) => {
                size += chunk.length;
                if (size > limit)
                    done(true);
                else
                    chunks.push(chunk);
            });
            response.once("end", () => (response.complete ? done(false) : reject(new Failure("connection", "the answer broke off"))));
        });
        request.end();
    });
}
/**
 * Why a check must not be sent at all, for the time before a deployment; undefined where it may. A name that does not resolve is no
 * reason here: the check itself says so.
 */
async function refusedCheck(check, options) {
    const host = new URL(check.url).hostname.replace(/^\[|\]$/g, "");
    const [{ lookup: resolve }, { isIP }] = await Promise.all([Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 610, 23)), Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 7030, 23))]);
    try {
        if (isIP(host) === 0)
            await looked(guarded(options.lookup ?? resolve, options.allowLoopback), host);
        else
            refuse(host, host, options.allowLoopback);
        return undefined;
    }
    catch (error) {
        return `health check ${check.name}: ${oneLine(failureOf(error).message, 200)}`;
    }
}
function refuse(host, address, allowLoopback) {
    const why = refusedAddress(address, allowLoopback);
    if (why === undefined)
        return;
    const via = host === address ? host : `${host} (${address})`;
    throw new Failure("refused", `${via} is ${why}: no request was sent`);
}
/** Resolves a name as ever, and refuses it when any of its addresses is one that must not be asked. The connection uses these addresses. */
function guarded(resolve, allowLoopback) {
    return (host, options, callback) => {
        resolve(host, { ...options, all: true }, (error, found) => {
            if (error !== null)
                return callback(error, []);
            const addresses = Array.isArray(found) ? found : [];
            try {
                for (const { address } of addresses)
                    refuse(host, address, allowLoopback);
            }
            catch (refusal) {
                return callback(refusal, []);
            }
            const [first] = addresses;
            if (options.all === true || first === undefined)
                return callback(null, addresses);
            return callback(null, first.address, first.family);
        });
    };
}
const looked = (lookup, host) => new Promise((resolve, reject) => lookup(host, { all: true }, (error) => (error instanceof Failure ? reject(error) : resolve())));
const tlsCodes = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|HOSTNAME_MISMATCH)/;
function failureOf(error) {
    if (error instanceof Failure)
        return error;
    const { code = "", message = String(error) } = (error ?? {});
    if (/^(ENOTFOUND|EAI_)/.test(code))
        return { cause: "name", message: `the name does not resolve (${code})` };
    if (tlsCodes.test(code))
        return { cause: "tls", message: `the certificate or TLS does not hold: ${message}` };
    return { cause: "connection", message: message === "" ? `no connection (${code})` : message };
}

;// CONCATENATED MODULE: ./packages/shared/src/health/control.ts


/** Every answer proves the network, whatever it says. */
const anyAnswer = [{ from: 100, to: 599 }];
/**
 * Asks neutral targets, all at once: one answer of any status from any of them shows that the runner's own network is in order. With
 * several targets no single one of them that is down can make the runner look cut off.
 *
 * @param urls at least one; see {@link regionalEndpoints}
 */
function controlProbe(urls, options) {
    const checks = urls.map((url) => ({ name: "control", url, statuses: anyAnswer, headers: [], json: [] }));
    return async (signal) => {
        const enough = new AbortController();
        const ends = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]);
        try {
            await Promise.any(checks.map(async (check) => {
                const result = await checkHttp(check, { ...options, limit: 1024, signal: ends });
                if (!result.ok)
                    throw new Error(result.detail);
            }));
            return true;
        }
        catch {
            return false;
        }
        finally {
            enough.abort();
        }
    };
}
/**
 * Neutral targets where none is given: AWS in the deployment's region, which the run needs anyway, by two services that do not share a
 * fate. https://docs.aws.amazon.com/general/latest/gr/rande.html
 *
 * @param endpoint where AWS is instead, when an emulator stands in for it
 */
function regionalEndpoints(region, endpoint) {
    if (endpoint !== undefined && (0,settings/* isLoopback */.U9)(endpoint))
        return [endpoint];
    const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    return [`https://sts.${region}.${domain}/`, `https://dynamodb.${region}.${domain}/ping`];
}

// EXTERNAL MODULE: ./packages/shared/src/health/http-syntax.ts
var http_syntax = __nccwpck_require__(2934);
;// CONCATENATED MODULE: ./packages/shared/src/health/prober.ts
/** Begins at once with the first round. */
function startProber(options) {
    const { clock, targets } = options;
    const room = Math.max(1, Math.floor((options.mostInFlight ?? 32) / Math.max(1, targets.length)));
    const stopped = new AbortController();
    const busy = new Map();
    let samples = [];
    let interval = options.interval;
    let wake = new AbortController();
    const keep = (sample) => {
        const place = samples.findLastIndex((other) => other.time <= sample.time) + 1;
        samples = samples.toSpliced(place, 0, sample).slice(-(options.keep ?? 20_000));
    };
    const probe = async (target, control) => {
        const time = clock.now();
        busy.set(target.name, (busy.get(target.name) ?? 0) + 1);
        const [result, network] = await Promise.all([runSafely(target, clock, stopped.signal), control]);
        busy.set(target.name, (busy.get(target.name) ?? 1) - 1);
        if (!stopped.signal.aborted)
            keep({ ...result, time, check: target.name, control: network });
    };
    const round = () => {
        const free = targets.filter((target) => (busy.get(target.name) ?? 0) < room);
        if (free.length === 0)
            return;
        const control = askControl(options.control, stopped.signal);
        for (const target of free)
            void probe(target, control);
    };
    const beat = async () => {
        let next = clock.now();
        while (!stopped.signal.aborted) {
            round();
            const begun = next;
            for (;;) {
                // A round that is late does not hurry the ones after it.
                next = Math.max(begun + interval, clock.now());
                const pause = new AbortController();
                wake = pause;
                try {
                    await clock.sleep(next - clock.now(), AbortSignal.any([pause.signal, stopped.signal]));
                    break;
                }
                catch {
                    if (stopped.signal.aborted)
                        return;
                }
            }
        }
    };
    const beating = beat();
    return {
        samples: () => samples,
        pace: (seconds) => {
            if (seconds === interval)
                return;
            interval = seconds;
            wake.abort();
        },
        stop: async () => {
            stopped.abort();
            await beating;
        },
    };
}
async function runSafely(target, clock, signal) {
    const begin = clock.now();
    try {
        return await target.run(signal);
    }
    catch {
        return { ok: false, latency: clock.now() - begin, cause: "connection", detail: "the check itself failed" };
    }
}
async function askControl(control, signal) {
    if (control === undefined)
        return "none";
    try {
        return (await control(signal)) ? "ok" : "failed";
    }
    catch {
        return "failed";
    }
}

// EXTERNAL MODULE: ./packages/rollout/src/decide/await-healthy.ts
var await_healthy = __nccwpck_require__(3888);
// EXTERNAL MODULE: ./packages/rollout/src/traffic.ts
var src_traffic = __nccwpck_require__(4284);
;// CONCATENATED MODULE: ./packages/rollout/src/judge/minutes.ts
/**
 * A target group's minute. A request that no target took counts as an error: users got the balancer's 502. Where errors outnumber
 * requests (the count of requests comes late, or is missing), each error was a request.
 */
function countMinute(minute) {
    const errors = minute.targetErrors + minute.connectionErrors;
    return {
        start: minute.start,
        requests: Math.max(minute.requests ?? 0, errors),
        errors,
        responseTime: minute.responseTime,
        readableAt: minute.readableAt,
    };
}
const byStart = (minutes) => new Map(minutes.map((minute) => [minute.start, minute]));
/** The minutes of each of a side's target groups. */
function groupSeries(seen, side) {
    return seen.groups[side].map(({ group, minutes }) => ({ subject: `target group ${group}`, minutes: byStart(minutes.map(countMinute)) }));
}
/** All of a side's target groups as one: errors that are few in each may be many together. Response times cannot be added up. */
function together(series, subject) {
    const sum = new Map();
    for (const minute of series.flatMap((one) => [...one.minutes.values()])) {
        const before = sum.get(minute.start);
        sum.set(minute.start, {
            start: minute.start,
            requests: minute.requests + (before?.requests ?? 0),
            errors: minute.errors + (before?.errors ?? 0),
            responseTime: series.length === 1 ? minute.responseTime : undefined,
            readableAt: Math.max(minute.readableAt, before?.readableAt ?? 0),
        });
    }
    return { subject, minutes: sum };
}
/** The old side may still end some requests while the load balancer counts as the new version's alone. */
const almostAlone = 0.05;
/**
 * The load balancers' own errors, in the minutes in which nobody but the new version can have caused them.
 *
 * HTTPCode_ELB_5XX has no target-group dimension: a target that crashes in the middle of an answer, or a group without targets, shows
 * only there. While both versions have traffic, or others share the load balancer, these errors cannot be told apart and are left out.
 */
function balancerSeries(seen) {
    const next = together(groupSeries(seen, "next"), "").minutes;
    const previous = together(groupSeries(seen, "previous"), "").minutes;
    return seen.balancers.map(({ balancer, minutes }) => ({
        subject: `load balancer ${balancer}`,
        minutes: byStart(minutes.flatMap((minute) => {
            const counted = balancerMinute(minute, next.get(minute.start), previous.get(minute.start));
            return counted === undefined ? [] : [counted];
        })),
    }));
}
function balancerMinute(minute, next, previous) {
    const own = next?.requests ?? 0;
    const all = Math.max(minute.requests ?? 0, own);
    if ((previous?.requests ?? 0) > almostAlone * own || own < all / 2)
        return undefined;
    // The balancer's own errors include the connections that no target took, which the target groups report too.
    const targets = next === undefined ? 0 : next.errors;
    const errors = Math.max(minute.errors, targets);
    return {
        start: minute.start,
        requests: Math.max(all, errors),
        errors,
        responseTime: undefined,
        readableAt: Math.max(minute.readableAt, next?.readableAt ?? 0),
    };
}

;// CONCATENATED MODULE: ./packages/rollout/src/judge/sentences.ts
/** `12:03:07`, in UTC: what the log and CloudWatch's graphs show. */
const clockTime = (at) => new Date(Math.floor(at) * 1000).toISOString().slice(11, 19);
/** `12:03`, for full minutes. */
const minuteTime = (at) => clockTime(at).slice(0, 5);
/** `12:03–12:08 UTC`: from the begin of the first to the end of the last minute. */
const span = (from, to) => `${minuteTime(from)}–${minuteTime(to)} UTC`;
/** `12.4 %`; more digits where fewer would hide on which side of the limit it lies. */
function percent(value, limit) {
    return `${telling(value, limit)} %`;
}
/** `5.2 s`, with as many digits as needed to tell it from the limit. */
const seconds = (value, limit) => `${telling(value, limit)} s`;
/** `1 request`, `1,200 requests`. */
const count = (number, what) => `${Math.round(number).toLocaleString("en-GB")} ${what}${Math.round(number) === 1 ? "" : "s"}`;
function telling(value, limit) {
    for (const digits of value !== 0 && Math.abs(value) < 1 ? [2, 3, 4] : [1, 2, 3]) {
        const shown = Number(value.toFixed(digits));
        if (limit === undefined || value === limit || shown !== limit)
            return String(shown);
    }
    return String(value);
}

;// CONCATENATED MODULE: ./packages/rollout/src/judge/streaks.ts
/** CloudWatch shows load balancer metrics up to 3 minutes after a minute's end; what is missing then will hardly come. */
const lateness = 180;
/** The full minutes within (from, to). */
function fullMinutes(from, to) {
    const first = Math.ceil(from / 60) * 60;
    return Array.from({ length: Math.max(0, Math.floor((to - first) / 60)) }, (_, index) => first + index * 60);
}
/**
 * Looks for `wanted` minutes over a limit without one under it between.
 *
 * An unknown minute neither counts nor breaks a streak, as CloudWatch's own alarms look further back for missing points
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html); but for as long as it may still come,
 * nothing is concluded across it.
 */
function streaks(minutes, wanted, now) {
    let current = { minutes: [], knownAt: 0 };
    let awaited = false;
    for (const minute of minutes) {
        if (minute.side === "under") {
            current = { minutes: [], knownAt: 0 };
            awaited = false;
            continue;
        }
        if (minute.side === "unknown") {
            if (current.minutes.length === 0)
                continue;
            if (minute.knownAt > now)
                awaited = true;
            else
                current.knownAt = Math.max(current.knownAt, minute.knownAt);
            continue;
        }
        // Minutes beyond an awaited one are not counted yet: the gap may turn out to have been a good minute.
        if (awaited)
            continue;
        current.minutes.push(minute.start);
        current.knownAt = Math.max(current.knownAt, minute.knownAt);
        if (current.minutes.length >= wanted)
            return { fulfilled: current, running: undefined };
    }
    return { fulfilled: undefined, running: current.minutes.length > 0 ? current : undefined };
}
/** How many full minutes a duration takes: part of a minute cannot be seen in metrics of a minute. */
const minutesFor = (duration) => Math.max(1, Math.ceil(duration / 60));

;// CONCATENATED MODULE: ./packages/rollout/src/judge/cloudwatch.ts




/** Metrics older than this say nothing about now. */
const freshness = 300;
/** What CloudWatch says about error rate and response time, per target group, and about the database metric. */
function cloudWatchFindings(limits, evidence, seen, now) {
    const groups = groupSeries(seen, "next");
    const wholes = groups.length > 1 ? [together(groups, "all target groups of the new version")] : [];
    return [
        ...[...groups, ...wholes, ...balancerSeries(seen)].map((series) => errorRate(limits, series, evidence.since, now)),
        ...groups.map((series) => responseTime(limits, series, evidence.since, now)),
        ...(seen.database === undefined ? [] : [databaseMetric(limits, seen.database, evidence.since, now)]),
    ];
}
function errorRate(limits, series, since, now) {
    return judgeSeries(limits, series, since, now, {
        trigger: "error-rate",
        value: (minute) => (100 * minute.errors) / minute.requests,
        over: (minute) => passes(minute.errors * 100, limits.maxErrorRate * minute.requests),
        shown: (value) => percent(value, limits.maxErrorRate),
        name: "error rate",
        limit: `${limits.maxErrorRate} %`,
    });
}
function responseTime(limits, series, since, now) {
    return judgeSeries(limits, series, since, now, {
        trigger: "response-time",
        value: (minute) => minute.responseTime,
        over: (minute) => passes(minute.responseTime ?? 0, limits.maxResponseTime),
        shown: (value) => seconds(value, limits.maxResponseTime),
        name: `response time (${limits.statistic})`,
        limit: `${limits.maxResponseTime} s`,
    });
}
/** Over, and not only by a rounding of the last bit. */
const passes = (value, limit) => value > limit * (1 + 1e-9);
function judgeSeries(limits, series, since, now, measure) {
    const counted = [];
    const sorted = fullMinutes(since, now).map((start) => {
        const minute = series.minutes.get(start);
        if (minute === undefined || minute.requests < limits.minimumRequests || measure.value(minute) === undefined) {
            return { start, side: "unknown", knownAt: start + 60 + lateness };
        }
        counted.push(minute);
        return { start, side: measure.over(minute) ? "over" : "under", knownAt: minute.readableAt };
    });
    const wanted = minutesFor(limits.breachDuration);
    const { fulfilled, running } = streaks(sorted, wanted, now);
    const base = { trigger: measure.trigger, source: "cloudwatch", subject: series.subject };
    const tell = (streak) => {
        const minutes = streak.minutes.flatMap((start) => series.minutes.get(start) ?? []);
        const values = minutes.map((minute) => measure.value(minute) ?? 0);
        const [first = 0, last = 0] = [streak.minutes[0], streak.minutes.at(-1)];
        const range = [...new Set([measure.shown(Math.min(...values)), measure.shown(Math.max(...values))])].join(" to ");
        const requests = minutes.reduce((sum, minute) => sum + minute.requests, 0);
        return `${series.subject}: ${measure.name} ${range}, limit ${measure.limit}, in ${minutes.length === 1 ? "the minute" : `${minutes.length} minutes`} ${span(first, last + 60)} (CloudWatch, ${count(requests, "request")})`;
    };
    if (fulfilled !== undefined)
        return { ...base, state: "fired", says: tell(fulfilled), at: fulfilled.knownAt };
    if (running !== undefined) {
        const says = `${tell(running)}; ${(0,units/* formatDuration */.a3)(wanted * 60)} in a row roll back`;
        return { ...base, state: "running", says, at: running.minutes[0] };
    }
    const most = counted.reduce((worst, minute) => (worst === undefined || (measure.value(minute) ?? 0) > (measure.value(worst) ?? 0) ? minute : worst), undefined);
    if (most === undefined) {
        const says = `${series.subject}: ${measure.name} is unknown, no full minute with ${count(limits.minimumRequests, "request")} or more since the new version got traffic (CloudWatch)`;
        return { ...base, state: "unknown", says, at: undefined };
    }
    const requests = counted.reduce((sum, minute) => sum + minute.requests, 0);
    const says = `${series.subject}: ${measure.name} at most ${measure.shown(measure.value(most) ?? 0)} in ${count(counted.length, "minute")} with ${count(requests, "request")} (CloudWatch)`;
    return { ...base, state: "clear", says, at: undefined };
}
/** The share of good connections that a metric reports, as the mean of the minutes within the breach duration. */
function databaseMetric(limits, minutes, since, now) {
    const base = { trigger: "database", source: "cloudwatch", subject: "database metric" };
    const full = new Set(fullMinutes(since, now));
    const known = minutes.filter((minute) => full.has(minute.start));
    const reach = minutesFor(limits.breachDuration) * 60;
    for (const last of known) {
        const within = known.filter((minute) => minute.start > last.start - reach && minute.start <= last.start);
        const mean = within.reduce((sum, minute) => sum + minute.percent, 0) / within.length;
        if (!passes(limits.minDatabaseSuccessRate, mean))
            continue;
        const shown = percent(mean, limits.minDatabaseSuccessRate);
        return {
            ...base,
            state: "fired",
            says: `database connection success ${shown}, limit ${limits.minDatabaseSuccessRate} %, ${span(within[0]?.start ?? last.start, last.start + 60)} (CloudWatch)`,
            at: Math.max(...within.map((minute) => minute.readableAt)),
        };
    }
    const lowest = Math.min(...known.map((minute) => minute.percent));
    return known.length === 0
        ? { ...base, state: "unknown", says: "database connection success is unknown: its metric has no data (CloudWatch)", at: undefined }
        : { ...base, state: "clear", says: `database connection success at least ${percent(lowest)} (CloudWatch)`, at: undefined };
}
/** Why the metrics are too little for "good", or undefined where they are enough. */
function missingMetrics(limits, evidence, seen, now) {
    const groups = groupSeries(seen, "next");
    const all = together(groups, "the new version");
    const enough = (minute) => minute !== undefined && minute.requests >= limits.minimumRequests;
    const fresh = fullMinutes(Math.max(evidence.since, now - freshness - 60), now);
    if (!fresh.some((start) => enough(all.minutes.get(start)))) {
        return lastSeen(all, evidence.since, now, limits.minimumRequests);
    }
    const silent = groups.filter((group) => !fresh.some((start) => (group.minutes.get(start)?.requests ?? 0) > 0));
    const busyBefore = groupSeries(seen, "previous").filter((group) => wasBusy(group, evidence.since, limits.minimumRequests)).length;
    if (silent.length > 0 && groups.length - silent.length < Math.min(groups.length, busyBefore)) {
        const names = silent.map((group) => group.subject).join(", ");
        return `${names}: no request in the last ${(0,units/* formatDuration */.a3)(freshness)}, though the old version's ${busyBefore} target groups all had traffic (CloudWatch)`;
    }
    const newest = seen.database?.at(-1)?.start;
    if (seen.database !== undefined && (newest === undefined || newest < Math.max(evidence.since, now - freshness - 60))) {
        return `the database metric has shown nothing for ${(0,units/* formatDuration */.a3)(freshness)} (CloudWatch)`;
    }
    return undefined;
}
function lastSeen(all, since, now, wanted) {
    const minutes = fullMinutes(since, now).flatMap((start) => all.minutes.get(start) ?? []);
    const most = minutes.reduce((max, minute) => Math.max(max, minute.requests), 0);
    const last = minutes.filter((minute) => minute.requests > 0).at(-1);
    if (last === undefined) {
        return `CloudWatch shows no request of the new version yet, ${(0,units/* formatDuration */.a3)(now - since)} after it got traffic (it shows them 1 to 3 minutes late, and no zeros)`;
    }
    if (most < wanted)
        return `the new version had ${count(most, "request")} a minute at most (CloudWatch); ${wanted} are needed for a verdict`;
    return `CloudWatch shows no minute with ${count(wanted, "request")} or more of the new version in the last ${(0,units/* formatDuration */.a3)(freshness)}; the last with any was ${span(last.start, last.start + 60)}`;
}
const cloudwatch_history = 3600;
/** Whether the group had traffic in most of the minutes that are known from the hour before the switch. */
function wasBusy(group, since, wanted) {
    const before = [...group.minutes.values()].filter((minute) => minute.start >= since - cloudwatch_history && minute.start + 60 <= since);
    return before.length >= 5 && before.filter((minute) => minute.requests >= wanted).length > before.length / 2;
}

;// CONCATENATED MODULE: ./packages/shared/src/health/prober-types.ts
/** When the sample could be known. */
const knownAt = (sample) => sample.time + sample.latency;

;// CONCATENATED MODULE: ./packages/rollout/src/judge/sliding.ts



const sliding_window = 60;
/**
 * Error rate and response time of one health check, in the minute that ends with each result: seen minutes before CloudWatch shows whole
 * minutes of the clock. Over the limit for the breach duration means that every such minute was, for so long. Probes that are too far
 * apart to tell the limit from a single failure say nothing here.
 *
 * @param samples rising by time, those that count
 */
function slidingFindings(limits, check, samples) {
    return [sliding_errorRate(limits, samples), sliding_responseTime(limits, samples)].flatMap((slide) => slideFinding(limits, check, samples, slide));
}
function sliding_errorRate(limits, samples) {
    const failures = sums(samples, (sample) => (sample.ok ? 0 : 1));
    const rate = (from, to) => (100 * between(failures, from, to)) / (to - from);
    return {
        trigger: "error-rate",
        needed: Math.min(30, Math.ceil(100 / Math.max(limits.maxErrorRate, 1))),
        over: (from, to) => rate(from, to) > limits.maxErrorRate + 1e-9,
        says: (from, to) => `error rate ${percent(rate(from, to), limits.maxErrorRate)}, limit ${limits.maxErrorRate} %`,
    };
}
function sliding_responseTime(limits, samples) {
    const slow = sums(samples, (sample) => (sample.latency > limits.maxResponseTime ? 1 : 0));
    const latency = sums(samples, (sample) => sample.latency);
    const rank = rankOf(limits.statistic);
    if (rank === undefined) {
        const mean = (from, to) => between(latency, from, to) / (to - from);
        return {
            trigger: "response-time",
            needed: 5,
            over: (from, to) => mean(from, to) > limits.maxResponseTime,
            says: (from, to) => `mean response time ${seconds(mean(from, to), limits.maxResponseTime)}, limit ${limits.maxResponseTime} s`,
        };
    }
    return {
        trigger: "response-time",
        needed: Math.min(30, Math.max(5, Math.ceil(1 / Math.max(1 - rank, 0.01)))),
        // The nearest-rank percentile is over the limit when fewer answers than its rank are within it.
        over: (from, to) => to - from - between(slow, from, to) < Math.ceil(rank * (to - from)),
        says: (from, to) => `response time (${limits.statistic}) over ${limits.maxResponseTime} s: ${between(slow, from, to)} of ${to - from} answers took longer`,
    };
}
/** 0.95 for p95, 1 for Maximum, undefined for Average. */
function rankOf(statistic) {
    const match = /^p(\d{1,2}(?:\.\d+)?|100)$/i.exec(statistic);
    if (match !== null)
        return Number(match[1]) / 100;
    return /^max/i.test(statistic) ? 1 : undefined;
}
function slideFinding(limits, check, samples, slide) {
    const base = { trigger: slide.trigger, source: "prober", subject: `health check ${check}` };
    let from = 0;
    let enough = false;
    let known = 0;
    /** The index at which the minutes over the limit began. */
    let begin;
    for (const [index, sample] of samples.entries()) {
        known = Math.max(known, knownAt(sample));
        while ((samples[from]?.time ?? sample.time) <= sample.time - sliding_window)
            from++;
        enough = index + 1 - from >= slide.needed;
        begin = enough && slide.over(from, index + 1) ? (begin ?? index) : undefined;
        const since = begin === undefined ? undefined : samples[begin]?.time;
        if (begin === undefined || since === undefined || sample.time - since < limits.breachDuration)
            continue;
        const says = `health check ${check}: ${slide.says(begin, index + 1)}, from ${clockTime(since)} to ${clockTime(sample.time)} UTC (own probe)`;
        return [{ ...base, state: "fired", says, at: known }];
    }
    if (begin !== undefined) {
        const since = samples[begin]?.time ?? 0;
        const says = `health check ${check}: ${slide.says(from, samples.length)}, since ${clockTime(since)} UTC (own probe); ${(0,units/* formatDuration */.a3)(limits.breachDuration)} without a break roll back`;
        return [{ ...base, state: "running", says, at: since }];
    }
    if (!enough)
        return [];
    const what = slide.trigger === "error-rate" ? "error rate" : "response time";
    return [
        { ...base, state: "clear", says: `health check ${check}: ${what} within its limit in the last minute (own probe)`, at: undefined },
    ];
}
/** Sums of the first n values, so that any stretch is one subtraction. */
function sums(items, value) {
    const result = [0];
    for (const item of items)
        result.push((result.at(-1) ?? 0) + value(item));
    return result;
}
const between = (prefix, from, to) => (prefix[to] ?? 0) - (prefix[from] ?? 0);

;// CONCATENATED MODULE: ./packages/rollout/src/judge/probes.ts



/** The health check that tells whether the new version reaches its database. */
const databaseCheck = "database";
/** A check without an answer for so long is silent. */
const silence = 120;
/** Fewer results than this make no share: one failure of three is not 67 % of anything. */
const fewestForShare = 10;
/** The samples that count, by check: of the time since the switch, known by now, with the runner's own network in order. */
function countedProbes(evidence, now) {
    const checks = new Map();
    for (const sample of evidence.probes ?? []) {
        const samples = checks.get(sample.check) ?? [];
        checks.set(sample.check, samples);
        if (sample.time >= evidence.since && knownAt(sample) <= now && sample.control !== "failed")
            samples.push(sample);
    }
    return checks;
}
/** When the last of these answers was there; minus infinity for none. */
const allKnownAt = (samples) => samples.reduce((last, sample) => Math.max(last, knownAt(sample)), Number.NEGATIVE_INFINITY);
/** What this run's own requests say. */
function probeFindings(limits, evidence, now) {
    return [...countedProbes(evidence, now)].flatMap(([check, samples]) => [
        inARow(limits, check, samples),
        ...slidingFindings(limits, check, samples),
        ...(check === databaseCheck ? [databaseShare(limits, samples)] : []),
    ]);
}
const said = (sample) => sample.detail ?? (sample.status === undefined ? (sample.cause ?? "failed") : `status ${sample.status}`);
function inARow(limits, check, samples) {
    const base = { trigger: "health-checks", source: "prober", subject: `health check ${check}` };
    const allowed = limits.maxConsecutiveHealthFailures;
    let row = [];
    for (const sample of samples) {
        row = sample.ok ? [] : [...row, sample];
        if (row.length <= allowed)
            continue;
        const [first = sample] = row;
        const says = `health check ${check} failed ${count(row.length, "time")} in a row from ${clockTime(first.time)} to ${clockTime(sample.time)} UTC, ${allowed} are allowed; last: ${said(sample)} (own probe)`;
        return { ...base, state: "fired", says, at: allKnownAt(row) };
    }
    const [first] = row;
    const last = row.at(-1);
    if (first !== undefined && last !== undefined) {
        const says = `health check ${check} fails since ${clockTime(first.time)} UTC, ${count(row.length, "time")} in a row so far, ${allowed} are allowed; last: ${said(last)} (own probe)`;
        return { ...base, state: "running", says, at: first.time };
    }
    if (samples.length === 0) {
        return { ...base, state: "unknown", says: `health check ${check} has no result yet (own probe)`, at: undefined };
    }
    const passed = samples.filter((sample) => sample.ok).length;
    return { ...base, state: "clear", says: `health check ${check} passed ${passed} of ${samples.length} times (own probe)`, at: undefined };
}
function databaseShare(limits, samples) {
    const base = { trigger: "database", source: "prober", subject: `health check ${databaseCheck}` };
    const limit = limits.minDatabaseSuccessRate;
    let begin = 0;
    let passed = 0;
    let [total, share] = [0, 100];
    for (const [index, sample] of samples.entries()) {
        if (sample.ok)
            passed++;
        while (index - begin >= fewestForShare && (samples[begin]?.time ?? 0) <= sample.time - limits.breachDuration) {
            if (samples[begin]?.ok === true)
                passed--;
            begin++;
        }
        total = index - begin + 1;
        share = (100 * passed) / total;
        if (total < fewestForShare || share >= limit - 1e-9)
            continue;
        const from = samples[begin]?.time ?? sample.time;
        const says = `database connection success ${percent(share, limit)} (${passed} of ${total} checks), limit ${limit} %, from ${clockTime(from)} to ${clockTime(sample.time)} UTC (own probe)`;
        return { ...base, state: "fired", says, at: allKnownAt(samples.slice(begin, index + 1)) };
    }
    if (total === 0)
        return { ...base, state: "unknown", says: "no database check has an answer yet (own probe)", at: undefined };
    const says = `database connection success ${percent(share, limit)} (${passed} of ${total} checks, own probe)`;
    return share < limit - 1e-9
        ? { ...base, state: "running", says: `${says}; ${fewestForShare} checks make a share`, at: samples.find((sample) => !sample.ok)?.time }
        : { ...base, state: "clear", says, at: undefined };
}
/** Why the probes are too little for "good", or undefined where they are enough. */
function missingProbes(evidence, now) {
    if (evidence.probes === undefined)
        return undefined;
    const checks = [...countedProbes(evidence, now)];
    if (checks.length === 0)
        return { verdict: "no-data", says: "no health check has been made yet" };
    for (const [check, samples] of checks) {
        const last = allKnownAt(samples);
        if (now - last <= silence)
            continue;
        const begin = Math.max(evidence.since, last);
        const voids = evidence.probes.filter((sample) => sample.check === check && sample.control === "failed" && sample.time >= begin);
        if (voids.length > 0 && now - begin >= silence) {
            const says = `the runner's own network is in trouble: the control probe failed with ${count(voids.length, "probe")} of health check ${check} since ${clockTime(begin)} UTC, so these say nothing about the version`;
            return { verdict: "inconclusive", says };
        }
        const says = samples.length === 0
            ? `health check ${check} has no result since the new version got traffic`
            : `health check ${check} has no result since ${clockTime(last)} UTC`;
        return { verdict: "no-data", says };
    }
    return undefined;
}

;// CONCATENATED MODULE: ./packages/rollout/src/judge/thresholds.ts





/** A source that has not answered for so long leaves the question open. */
const outage = 120;
/**
 * Judges the new version by fixed limits. Pure: the same evidence at the same moment gives the same judgement, and more failures
 * never make it better.
 *
 * @param now seconds since the epoch; evidence of later moments is not looked at
 */
function judgeThresholds(limits, evidence, now) {
    const { metrics } = evidence;
    const findings = [
        ...alarmFindings(evidence),
        ...probeFindings(limits, evidence, now),
        ...(metrics === undefined ? [] : cloudWatchFindings(limits, evidence, metrics, now)),
    ];
    return conclude(findings, openQuestions(evidence, now), missing(limits, evidence, now), quiet(evidence, now));
}
/** The alarms that are watched. One that fired before the deployment began is not its doing. */
function alarmFindings(evidence) {
    return (evidence.metrics?.alarms ?? []).map((alarm) => {
        const base = { trigger: "alarm", source: "alarm", subject: `alarm ${alarm.name}` };
        const since = alarm.since === undefined ? "" : ` since ${clockTime(alarm.since)} UTC`;
        switch (alarm.state) {
            case "alarm": {
                if (alarm.since !== undefined && alarm.since < evidence.begun) {
                    const says = `alarm ${alarm.name} fires${since}, from before the deployment began: not counted`;
                    return { ...base, state: "unknown", says, at: undefined };
                }
                const why = alarm.reason === undefined ? "" : `: ${alarm.reason}`;
                return { ...base, state: "fired", says: `alarm ${alarm.name} fires${since}${why}`, at: alarm.since ?? evidence.since };
            }
            case "ok":
                return { ...base, state: "clear", says: `alarm ${alarm.name} is quiet`, at: undefined };
            case "insufficient-data":
                return { ...base, state: "unknown", says: `alarm ${alarm.name} has not enough data`, at: undefined };
            case "missing":
                return { ...base, state: "unknown", says: `alarm ${alarm.name} does not exist`, at: undefined };
            default:
                return (0,src_problems/* assertNever */.xb)(alarm.state);
        }
    });
}
/** How long CloudWatch has been silent, where that is too long. */
function quiet(evidence, now) {
    const last = evidence.metrics?.metricsSource.lastAnswer;
    return evidence.metrics !== undefined && now - Math.max(last ?? evidence.since, evidence.begun) >= outage;
}
/** What keeps anything from being said about the version: trouble of AWS or of the runner's network. */
function openQuestions(evidence, now) {
    const questions = [];
    const { metrics } = evidence;
    if (metrics !== undefined) {
        for (const [name, source] of [
            ["CloudWatch metrics", metrics.metricsSource],
            ["CloudWatch alarms", metrics.alarmsSource],
        ]) {
            const last = Math.max(source.lastAnswer ?? evidence.since, evidence.begun);
            if (now - last < outage)
                continue;
            const because = source.failing === undefined ? "" : ` (${source.failing.says})`;
            questions.push(`no answer from ${name} for ${(0,units/* formatDuration */.a3)(now - last)}${because}: nothing can be said about the version`);
        }
        for (const alarm of metrics.alarms)
            if (alarm.state === "missing")
                questions.push(`alarm ${alarm.name} does not exist`);
    }
    const probes = missingProbes(evidence, now);
    if (probes?.verdict === "inconclusive")
        questions.push(probes.says);
    return questions;
}
/** What is too little for "good". */
function missing(limits, evidence, now) {
    const { metrics, probes } = evidence;
    if (metrics === undefined && probes === undefined)
        return ["nothing is watched: neither CloudWatch metrics nor health checks"];
    const reasons = [metrics === undefined ? undefined : missingMetrics(limits, evidence, metrics, now), missingProbes(evidence, now)?.says];
    return reasons.filter((reason) => reason !== undefined);
}
const order = { fired: 0, running: 1, unknown: 2, clear: 3 };
/** The worst thing said decides; a breach that goes on outweighs a source that is away, since leaving then would pass it. */
function conclude(all, open, lacking, metricsQuiet) {
    const at = (finding) => finding.at ?? Number.POSITIVE_INFINITY;
    const findings = all.toSorted((a, b) => order[a.state] - order[b.state] || compareTimes(at(a), at(b)));
    const fired = findings.filter((finding) => finding.state === "fired");
    const [first] = fired;
    if (first !== undefined) {
        return {
            verdict: "bad",
            evidence: sentences([first.says, ...also(fired)]),
            trigger: first.trigger,
            source: first.source,
            ...(first.at === undefined ? {} : { readableAt: first.at }),
            findings,
        };
    }
    // A breach last seen in metrics that no longer come is not known to go on.
    const running = findings.filter((finding) => finding.state === "running" && !(metricsQuiet && finding.source === "cloudwatch"));
    const [breach] = running;
    if (breach !== undefined) {
        const says = sentences([breach.says, ...also(running), ...open]);
        return { verdict: "breaching", evidence: says, trigger: breach.trigger, source: breach.source, findings };
    }
    if (open.length > 0)
        return { verdict: "inconclusive", evidence: sentences(open), findings };
    if (lacking.length > 0)
        return { verdict: "no-data", evidence: sentences(lacking), findings };
    const clear = findings.filter((finding) => finding.state === "clear");
    return { verdict: "good", evidence: sentences(["no trigger", ...clear.slice(0, 4).map((finding) => finding.says)]), findings };
}
const compareTimes = (a, b) => (a === b ? 0 : a - b);
const also = (findings) => findings.slice(1, 3).map((finding) => `also ${finding.says}`);
const sentences = (parts) => parts.join("; ");

;// CONCATENATED MODULE: ./packages/rollout/src/aws/evidence.ts

/** Passed rounds in a row, after the switch, that show the new weights in force on every balancer node. */
const roundsThatConfirm = 3;
/** Metrics of the time before the switch: what the old version was like. */
const historySeconds = 600;
/**
 * Evidence from CloudWatch and from our own requests.
 *
 * @param probers `judged`: the health checks; `proof`: those that show which version answers, asked until the switch is confirmed
 */
function rolloutEvidence(plan, metrics, probers, clock, interval) {
    const begun = clock.now();
    let seen;
    let judgement;
    let prober;
    let proof;
    return {
        judge: async ({ since, phase }) => {
            prober ??= probers.judged?.();
            prober?.pace(phase === "shift" ? Math.min(1, interval) : interval);
            seen = await metrics.look(since - historySeconds);
            judgement = judgeThresholds(plan.thresholds, { begun, since, metrics: seen, probes: prober?.samples() }, clock.now());
            return judgement;
        },
        confirmation: async (_, since) => {
            proof ??= probers.proof?.();
            prober ??= probers.judged?.();
            const confirmation = confirmationOf(proof ?? prober, since);
            if (confirmation.state === "confirmed")
                void proof?.stop();
            return confirmation;
        },
        stop: () => {
            void prober?.stop();
            void proof?.stop();
        },
        collected: () => ({ metrics: seen, probes: prober?.samples() ?? [], judgement }),
    };
}
/** Without health checks the weights that the load balancer reports are all that can be known. */
function confirmationOf(prober, since) {
    if (prober === undefined)
        return { state: "confirmed", by: "the load balancer shows the new weights (no health-checks are given that could prove it)" };
    const after = prober.samples().filter((sample) => sample.time >= since);
    const checks = [...new Set(after.map((sample) => sample.check))];
    const passedInARow = (check) => {
        const own = after.filter((sample) => sample.check === check);
        const lastFailure = own.findLastIndex((sample) => !sample.ok);
        return own.length - 1 - lastFailure;
    };
    const fewest = checks.length === 0 ? 0 : Math.min(...checks.map(passedInARow));
    if (fewest >= roundsThatConfirm)
        return { state: "confirmed", by: `${checks.length} health checks passed ${fewest} times in a row under the new weights` };
    const last = after.findLast((sample) => !sample.ok);
    console.log("DEBUG", since, prober.samples().length, JSON.stringify(prober.samples().slice(-2)));
    return {
        state: "waiting",
        by: `${fewest} of ${roundsThatConfirm} passed rounds of health checks${last?.detail === undefined ? "" : `; ${last.check}: ${last.detail}`}`,
    };
}

;// CONCATENATED MODULE: ./packages/rollout/src/aws/migration.ts



/** Longest `startedBy` and `clientToken`: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
const idLimit = 36;
/** The migration as a one-off task of the new revision. */
function migrationTask(aws, order) {
    const startedBy = order.deployment.slice(0, idLimit);
    let task;
    async function find() {
        if (task === undefined) {
            // ListTasks takes startedBy only together with the running state or the stopped one.
            for (const desiredStatus of ["RUNNING", "STOPPED"]) {
                const answer = await aws.ecs((sdk) => new sdk.ListTasksCommand({ cluster: order.cluster, startedBy, desiredStatus }));
                task ??= answer.taskArns?.[0];
            }
        }
        return task === undefined ? undefined : (await describeTasks(aws, order.cluster, [task]))[0];
    }
    return {
        look: async () => {
            const found = await find();
            return found === undefined ? { state: "none" } : migrationState(found, order.container);
        },
        start: async () => {
            const { service } = order;
            const network = {
                awsvpcConfiguration: {
                    subnets: [...service.subnets],
                    securityGroups: [...service.securityGroups],
                    assignPublicIp: service.assignPublicIp ? "ENABLED" : "DISABLED",
                },
            };
            const launch = service.launchType === "FARGATE" || service.launchType === "EC2" ? { launchType: service.launchType } : {};
            const answer = await aws.ecs((sdk) => new sdk.RunTaskCommand({
                cluster: order.cluster,
                taskDefinition: order.revision,
                count: 1,
                startedBy,
                clientToken: startedBy,
                ...launch,
                ...(service.subnets.length === 0 ? {} : { networkConfiguration: network }),
                overrides: { containerOverrides: [{ name: order.container, command: [...order.command] }] },
            }));
            const failure = answer.failures?.[0];
            if (failure !== undefined)
                throw (0,src_problems/* deploymentTrouble */.lE)(`the migration task could not be started: ${failure.reason ?? "no reason given"} ${failure.detail ?? ""}`.trim());
            task = answer.tasks?.[0]?.taskArn;
        },
        stop: async (arn) => {
            await aws.ecs((sdk) => new sdk.StopTaskCommand({ cluster: order.cluster, task: arn, reason: "the deployment was ended" }));
        },
    };
}
/** No exit code means that the container never ran: a failure, whatever the task's state says. */
function migrationState(task, container) {
    if (task.status !== "STOPPED" && task.status !== "DEPROVISIONING")
        return { state: "running" };
    const own = task.containers.find((one) => one.name === container);
    return { state: "stopped", exitCode: own?.exitCode, reason: (0,await_healthy/* whyStopped */.kE)(task), task: task.id };
}
/** A deployment without a migration. */
const noMigration = {
    look: async () => ({ state: "none" }),
    start: async () => undefined,
    stop: async () => undefined,
};

;// CONCATENATED MODULE: ./packages/rollout/src/aws/scaling.ts

/**
 * Application autoscaling of the two services. Suspending keeps policies and alarms and stops only their effect:
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
 */
function serviceScaling(aws, clusterName, names) {
    const resource = (colour) => `service/${clusterName}/${names[colour].split("/").at(-1)}`;
    const common = (colour) => ({
        ServiceNamespace: "ecs",
        ResourceId: resource(colour),
        ScalableDimension: "ecs:service:DesiredCount",
    });
    const set = async (colour, suspended) => {
        await aws.autoscaling((sdk) => new sdk.RegisterScalableTargetCommand({
            ...common(colour),
            SuspendedState: {
                DynamicScalingInSuspended: suspended.in,
                DynamicScalingOutSuspended: suspended.out,
                ScheduledScalingSuspended: suspended.scheduled,
            },
        }));
    };
    return {
        look: async () => {
            const answer = await aws.autoscaling((sdk) => new sdk.DescribeScalableTargetsCommand({
                ServiceNamespace: "ecs",
                ResourceIds: colours/* colours */.M8.map(resource),
                ScalableDimension: "ecs:service:DesiredCount",
            }));
            return (0,colours/* perColour */.Yr)((colour) => {
                const target = answer.ScalableTargets?.find((one) => one.ResourceId === resource(colour));
                if (target === undefined)
                    return undefined;
                const { DynamicScalingInSuspended = false, DynamicScalingOutSuspended = false, ScheduledScalingSuspended = false, } = target.SuspendedState ?? {};
                return {
                    scaleInSuspended: DynamicScalingInSuspended,
                    scaleOutSuspended: DynamicScalingOutSuspended,
                    scheduledSuspended: ScheduledScalingSuspended,
                };
            });
        },
        suspend: async (colour, what) => await set(colour, { in: true, out: what === "all", scheduled: what === "all" }),
        giveBack: async (colour) => await set(colour, { in: false, out: false, scheduled: false }),
    };
}

;// CONCATENATED MODULE: ./packages/rollout/src/aws/test-route.ts

/** Marks the rule as ours, so that a later run finds and removes what a lost one left. */
const ruleTag = { Key: "aws-deploy-actions", Value: "test-route" };
/** A test listener is pointed at the colour; for a header a rule is made, and removed again. */
function testRoute(aws, route, pair) {
    if (route.kind === "listener") {
        return {
            open: async (colour) => {
                const listeners = await aws.elb((sdk) => new sdk.DescribeListenersCommand({ ListenerArns: [route.listener] }));
                const others = (listeners.Listeners?.[0]?.DefaultActions ?? []).filter((action) => action.Type !== "forward");
                const forward = {
                    Type: "forward",
                    ForwardConfig: { TargetGroups: [{ TargetGroupArn: pair[colour], Weight: 100 }] },
                    ...(others.length === 0 ? {} : { Order: 50_000 }),
                };
                await aws.elb((sdk) => new sdk.ModifyListenerCommand({ ListenerArn: route.listener, DefaultActions: [...others, forward] }));
            },
            // It stays on the colour that was tested: nobody but tests uses it.
            close: async () => undefined,
        };
    }
    const findRules = async () => (await aws.elb((sdk) => new sdk.DescribeRulesCommand({ ListenerArn: route.listener, PageSize: 400 }))).Rules ?? [];
    const ours = async () => {
        const rules = await findRules();
        const alike = rules.filter((rule) => rule.Conditions?.length === 1 && rule.Conditions[0]?.HttpHeaderConfig?.HttpHeaderName?.toLowerCase() === route.name.toLowerCase());
        const arns = alike.flatMap((rule) => (rule.RuleArn === undefined ? [] : [rule.RuleArn]));
        if (arns.length === 0)
            return [];
        const tags = await aws.elb((sdk) => new sdk.DescribeTagsCommand({ ResourceArns: arns.slice(0, 20) }));
        return (tags.TagDescriptions ?? [])
            .filter((one) => one.Tags?.some((tag) => tag.Key === ruleTag.Key && tag.Value === ruleTag.Value))
            .flatMap((one) => one.ResourceArn ?? []);
    };
    return {
        open: async (colour) => {
            const actions = [{ Type: "forward", TargetGroupArn: pair[colour] }];
            const [existing] = await ours();
            if (existing !== undefined) {
                await aws.elb((sdk) => new sdk.ModifyRuleCommand({ RuleArn: existing, Actions: actions }));
                return;
            }
            const taken = new Set((await findRules()).map((rule) => rule.Priority));
            const priority = Array.from({ length: 50_000 }, (_, index) => index + 1).find((one) => !taken.has(String(one))) ?? 50_000;
            const conditions = [{ Field: "http-header", HttpHeaderConfig: { HttpHeaderName: route.name, Values: [route.value] } }];
            await aws.elb((sdk) => new sdk.CreateRuleCommand({
                ListenerArn: route.listener,
                Priority: priority,
                Conditions: conditions,
                Actions: actions,
                Tags: [ruleTag],
            }));
        },
        close: async () => {
            for (const rule of await ours()) {
                await aws
                    .elb((sdk) => new sdk.DeleteRuleCommand({ RuleArn: rule }))
                    .catch((error) => {
                    if ((0,errors/* causeKind */.My)(error) !== "missing")
                        throw error;
                });
            }
        },
    };
}

;// CONCATENATED MODULE: ./packages/rollout/src/aws/rollout-ports.ts













/** Everything that one rollout in one environment needs. */
function rolloutPorts(aws, environment, order, clock, localEndpoint) {
    const loopback = localEndpoint !== undefined;
    const { plan } = order;
    const { names, traffic, routes } = environment;
    const cluster = names.cluster.split("/").at(-1) ?? names.cluster;
    const control = controlProbe(regionalEndpoints(aws.region, localEndpoint), { clock, timeout: 5, allowLoopback: loopback });
    const timeout = Math.max(checkTimeout, plan.thresholds.maxResponseTime * 2);
    const prober = (checks) => {
        const targets = checks.map((check) => ({
            name: check.name,
            run: async (signal) => await checkHttp(check, { clock, timeout, allowLoopback: loopback, signal }),
        }));
        return targets.length === 0 ? undefined : () => startProber({ clock, targets, interval: Math.min(1, order.healthInterval), control });
    };
    const placeholders = { colour: plan.to, revision: (0,await_healthy/* short */.h0)(plan.revision), image: order.image, version: order.version };
    const judged = order.healthChecks.map(withoutIdentity);
    const proofs = order.healthChecks
        .filter((check) => check !== withoutIdentity(check))
        .map((check) => (0,http_syntax/* fillPlaceholders */.Ct)(check, placeholders));
    const watched = (colour) => (0,src_traffic/* groupsOf */.c1)(routes, colour).map((arn) => ({ arn, name: arn.split("/").at(-2) ?? arn, balancerArn: environment.loadBalancer.arn }));
    const query = {
        groups: { next: watched(plan.to), previous: watched((0,colours/* other */.F)(plan.to)) },
        statistic: plan.thresholds.statistic,
        alarms: { names: order.alarms, prefix: order.alarms.length > 0 ? undefined : `${order.application}-${order.environmentName}-` },
        ...(order.databaseMetric === undefined ? {} : { database: order.databaseMetric }),
    };
    const metrics = watchMetrics(aws, query, clock);
    const { collected, stop, ...evidence } = rolloutEvidence(plan, metrics, { judged: prober(judged), proof: prober(proofs) }, clock, order.healthInterval);
    const { migration, test } = order;
    return {
        traffic,
        services: ecsServices(aws, names.cluster, names.services),
        scaling: serviceScaling(aws, cluster, names.services),
        migration: migration === undefined
            ? noMigration
            : migrationTask(aws, {
                cluster: names.cluster,
                service: environment.services[(0,colours/* other */.F)(plan.to)],
                revision: plan.revision,
                deployment: plan.deployment,
                ...migration,
            }),
        evidence,
        tests: test === undefined ? noTests : throughTestRoute(aws, environment, order, test, clock, loopback),
        record: order.record,
        narrator: order.narrator,
        stopProbing: stop,
        collected,
    };
}
/**
 * The check without what proves which version answers: for seconds after the switch, and for the whole of a canary, the old version answers
 * too, and that is no failure.
 */
function withoutIdentity(check) {
    const json = check.json.filter((one) => !/\{(colour|revision|image|version)\}/.test(one.value));
    return json.length === check.json.length ? check : { ...check, json };
}
const noTests = { look: async () => ({ state: "passed" }), close: async () => undefined };
/** Passed rounds in a row that let the new version through. */
const roundsThatPass = 3;
const checkTimeout = 10;
/** Opens the test route with the first look, and lets the new version through when its checks pass three times in a row. */
function throughTestRoute(aws, environment, order, test, clock, loopback) {
    const { route, checks } = test;
    const pair = environment.pairs[0] ?? { blue: "", green: "" };
    const port = testRoute(aws, route, pair);
    const withHeader = (check) => route.kind === "header" ? { ...check, headers: [...check.headers, { name: route.name, value: route.value }] } : check;
    let open = false;
    let passed = 0;
    let failed = 0;
    return {
        look: async () => {
            if (!open)
                await port.open(order.plan.to);
            open = true;
            const results = await Promise.all(checks.map(async (check) => ({
                check,
                result: await checkHttp(withHeader(check), { clock, timeout: checkTimeout, allowLoopback: loopback }),
            })));
            const wrong = results.find(({ result }) => !result.ok);
            passed = wrong === undefined ? passed + 1 : 0;
            failed = wrong === undefined ? failed : failed + 1;
            if (passed >= roundsThatPass)
                return { state: "passed" };
            // The first rounds may still meet the rule before it is in force on every balancer node.
            if (wrong !== undefined && failed > 10)
                return { state: "failed", why: `${wrong.check.name}: ${wrong.result.detail ?? wrong.result.cause ?? "failed"}` };
            return { state: "pending" };
        },
        close: async () => await port.close(),
    };
}

;// CONCATENATED MODULE: ./packages/rollout/src/aws/toolbox.ts







/** The toolbox over AWS. */
function awsToolbox(aws, identity, clock, { address, stateBucket, localEndpoint }) {
    return {
        clock,
        region: aws.region,
        identity,
        locate: async () => await locate(aws, address),
        readDefinition: async (name) => await readDefinition(aws, name),
        register: async (body) => await registerOnce(aws, body),
        resolveImage: async (image) => await resolveImage(aws, image),
        store: async (environment) => {
            if (stateBucket === undefined)
                return tagStore(aws, environment.services.blue.arn, clock);
            const { account } = await identity();
            return bucketStore(aws, stateBucket, account, `${address.application}/${address.environment}`, clock);
        },
        logTail: async (place, task, lines) => await (0,logs/* logTail */.RB)(aws, place, task, lines),
        recentErrors: async (groups, since) => await (0,logs/* recentErrors */.f9)(aws, groups, since),
        ports: (environment, order) => rolloutPorts(aws, environment, order, clock, localEndpoint),
    };
}

;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/adapters/preflight.ts



const nothing = { problems: [], warnings: [], notes: [] };
const recentSeconds = 900;
/** Everything that can be looked at before a deployment besides what locating it has shown. All at once; all findings together. */
async function preflight(aws, tools, prepared, config) {
    const all = await Promise.all([
        unanswered("alarms", alarms(aws, config)),
        unanswered("secrets", secrets(aws, prepared.after)),
        unanswered("error lines", errorLines(tools, prepared, config)),
        nothing,
    ]);
    return {
        problems: all.flatMap((one) => one.problems),
        warnings: all.flatMap((one) => one.warnings),
        notes: all.flatMap((one) => one.notes),
    };
}
/** A check that AWS does not answer is named: not made is not passed. */
async function unanswered(what, check) {
    try {
        return await check;
    }
    catch (error) {
        return { ...nothing, notes: [`Not checked: ${what} (${(0,src_problems/* problemsOf */.GW)(error)[0]?.what ?? "no answer"})`] };
    }
}
/** An alarm that fires before anything was changed would roll back a version that has nothing to do with it. */
async function alarms(aws, { given }) {
    const which = given.alarms.length > 0 ? { AlarmNames: [...given.alarms] } : { AlarmNamePrefix: `${given.application}-${given.environment}-` };
    const answer = await aws.cloudwatch((sdk) => new sdk.DescribeAlarmsCommand({ ...which, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }));
    const found = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
    const missing = given.alarms.filter((name) => !found.some((alarm) => alarm.AlarmName === name));
    return {
        problems: missing.map((name) => (0,src_problems/* problem */.CC)("deployment", `The alarm ${name} does not exist.`, `aws cloudwatch describe-alarms --query 'MetricAlarms[].AlarmName'`)),
        warnings: found
            .filter((alarm) => alarm.StateValue === "ALARM")
            .map((alarm) => (0,src_problems/* problem */.CC)("deployment", `The alarm ${alarm.AlarmName} fires already: ${alarm.StateReason ?? ""}`, "Mend what it warns of, or go on in spite of it with force: true")),
        notes: [],
    };
}
const secretArn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+/;
/** The secrets that the new tasks will read must exist and not be on their way out. */
async function secrets(aws, definition) {
    const containers = (definition["containerDefinitions"] ?? []);
    const sources = containers.flatMap((container) => (container["secrets"] ?? []).map((one) => String(one["valueFrom"])));
    const arns = [...new Set(sources.flatMap((source) => secretArn.exec(source)?.[0] ?? []))];
    const problems = await Promise.all(arns.map((arn) => secretProblem(aws, arn)));
    return { ...nothing, problems: problems.flatMap((one) => (one === undefined ? [] : [one])) };
}
async function secretProblem(aws, arn) {
    try {
        const answer = await aws.secrets((sdk) => new sdk.DescribeSecretCommand({ SecretId: arn }));
        if (answer.DeletedDate === undefined)
            return undefined;
        return (0,src_problems/* problem */.CC)("deployment", `The secret ${arn} is scheduled for deletion: new tasks cannot read it.`, `aws secretsmanager restore-secret --secret-id ${arn}`);
    }
    catch (error) {
        if ((0,errors/* causeKind */.My)(error) !== "missing")
            throw error;
        return (0,src_problems/* problem */.CC)("deployment", `The secret ${arn} does not exist: new tasks cannot start.`, `aws secretsmanager create-secret --name ${arn.split(":secret:")[1]?.replace(/-\w{6}$/, "")} --secret-string file://secret.json`);
    }
}
/** What goes wrong already, so that nobody blames the new version for it. */
async function errorLines(tools, prepared, { given }) {
    const groups = given["log-groups"].length > 0 ? given["log-groups"] : [...new Set((0,logs/* logPlaces */.Z8)(prepared.before.body).map((place) => place.group))];
    const lines = await tools.recentErrors(groups, tools.clock.now() - recentSeconds);
    return {
        ...nothing,
        notes: lines.length === 0 ? [] : ["Error lines of the last 15 minutes, before anything was changed:", ...lines.map((line) => `  ${line}`)],
    };
}

;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/adapters/tools.ts



/** Beside the log, under the same name. The page is built only here: its plotting library is a chunk of its own. */
async function writeReport(story, logPath, journal) {
    const path = logPath.replace(/\.log$/, ".html");
    try {
        const { htmlReport } = await __nccwpck_require__.e(/* import() */ 640).then(__nccwpck_require__.bind(__nccwpck_require__, 8640));
        await (0,promises_.writeFile)(path, htmlReport(story));
        return path;
    }
    catch (error) {
        journal.annotate("warning", `The report ${path} could not be written: ${error.message}`);
        return undefined;
    }
}
/** The tools over AWS, GitHub and the file system. */
function blueGreenTools(config, { aws, identity }, { clock, environment, journal }) {
    const box = awsToolbox(aws, identity, clock, {
        address: config.address,
        stateBucket: config.given["state-bucket"],
        localEndpoint: config.aws.loopbackEndpoint ? environment["AWS_ENDPOINT_URL"] : undefined,
    });
    return {
        ...box,
        preflight: async (prepared, given) => await preflight(aws, box, prepared, given),
        writeReport: async (story, logPath) => await writeReport(story, logPath, journal),
        comment: async () => undefined,
    };
}


/***/ }),

/***/ 3831:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   d: () => (/* binding */ freezeWindowsField),
/* harmony export */   i: () => (/* binding */ frozenBy)
/* harmony export */ });
/* harmony import */ var _aws_deploy_actions_shared_action_fields__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(2593);

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const accepted = 'lines such as "Fri 16:00-Mon 08:00 Europe/Berlin" or "2026-12-20 - 2027-01-03 UTC"';
function weekTime(day, time) {
    const number = days.indexOf((day ?? "").toLowerCase());
    const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time ?? "");
    return number < 0 || match === null ? undefined : { day: number, minute: Number(match[1]) * 60 + Number(match[2]) };
}
function isZone(zone) {
    try {
        new Intl.DateTimeFormat("en-GB", { timeZone: zone });
        return true;
    }
    catch {
        return false;
    }
}
function parseWindow(line) {
    const weekly = /^(\w{3})\s+(\d\d:\d\d)\s*-\s*(\w{3})\s+(\d\d:\d\d)(?:\s+(\S+))?$/.exec(line);
    const dates = /^(\d{4}-\d\d-\d\d)\s*-\s*(\d{4}-\d\d-\d\d)(?:\s+(\S+))?$/.exec(line);
    const zone = weekly?.[5] ?? dates?.[3] ?? "UTC";
    if (!isZone(zone))
        throw new _aws_deploy_actions_shared_action_fields__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_(`${accepted}; the last word is a time zone such as Europe/Berlin`);
    const [from, to] = [weekTime(weekly?.[1], weekly?.[2]), weekTime(weekly?.[3], weekly?.[4])];
    if (from !== undefined && to !== undefined)
        return { kind: "weekly", from, to, zone, text: line };
    const [first, last] = [dates?.[1], dates?.[2]];
    if (first !== undefined && last !== undefined && first <= last && !Number.isNaN(Date.parse(first)) && !Number.isNaN(Date.parse(last))) {
        return { kind: "dates", from: first, to: last, zone, text: line };
    }
    throw new _aws_deploy_actions_shared_action_fields__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_(accepted);
}
const freezeWindowsField = (0,_aws_deploy_actions_shared_action_fields__WEBPACK_IMPORTED_MODULE_0__/* .custom */ .Ie)((raw) => raw
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseWindow));
/** The window that is open now, or undefined. Local time in the window's zone decides, so summer time moves it as people expect. */
function frozenBy(windows, now) {
    return windows.find((window) => {
        const parts = new Intl.DateTimeFormat("en-GB", {
            timeZone: window.zone,
            weekday: "short",
            year: "numeric",
            month: "2-digit",
            day: "2-digit",
            hour: "2-digit",
            minute: "2-digit",
            hourCycle: "h23",
        }).formatToParts(now * 1000);
        const of = (type) => parts.find((part) => part.type === type)?.value ?? "";
        if (window.kind === "dates") {
            const today = `${of("year")}-${of("month")}-${of("day")}`;
            return window.from <= today && today <= window.to;
        }
        const at = days.indexOf(of("weekday").toLowerCase()) * 1440 + Number(of("hour")) * 60 + Number(of("minute"));
        const [from, to] = [window.from.day * 1440 + window.from.minute, window.to.day * 1440 + window.to.minute];
        return from <= to ? from <= at && at < to : at >= from || at < to;
    });
}


/***/ }),

/***/ 6242:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  L: () => (/* binding */ read),
  I: () => (/* binding */ spec)
});

// EXTERNAL MODULE: ./packages/shared/src/action/fields.ts
var fields = __nccwpck_require__(2593);
// EXTERNAL MODULE: ./packages/shared/src/aws/settings.ts
var settings = __nccwpck_require__(3156);
;// CONCATENATED MODULE: ./packages/rollout/src/inputs.ts


const inputs_name = (accepted) => (0,fields/* optional */.lq)((0,fields/* text */.Qq)(/^[\w:/.-]{1,512}$/, accepted));
/** Inputs that address a blue/green environment; everything but application and environment follows by convention. */
const addressFields = {
    application: (0,fields/* required */.mw)(settings/* applicationField */.RV),
    environment: (0,fields/* required */.mw)(settings/* environmentField */.CD),
    cluster: inputs_name("an ECS cluster's name or ARN"),
    "secret-id": (0,fields/* optional */.lq)((0,fields/* text */.Qq)(/^[\w/+=.@:-]{1,2048}$/, "a secret's name or ARN")),
    database: inputs_name("an RDS instance's or cluster's identifier"),
    cache: inputs_name("an ElastiCache replication group's identifier"),
    "log-groups": (0,fields/* list */.p_)((0,fields/* text */.Qq)(/^[\w/.#*-]{1,512}$/, "log group names")),
    "blue-service": inputs_name("an ECS service's name"),
    "green-service": inputs_name("an ECS service's name"),
    "load-balancer": inputs_name("a load balancer's name or ARN"),
    "listener-arns": (0,fields/* list */.p_)((0,fields/* arn */.Cm)("elasticloadbalancing"), { commas: true, max: 20 }),
    "rule-arns": (0,fields/* list */.p_)((0,fields/* arn */.Cm)("elasticloadbalancing"), { commas: true, max: 50 }),
    "blue-target-groups": (0,fields/* list */.p_)((0,fields/* arn */.Cm)("elasticloadbalancing"), { commas: true, max: 10 }),
    "green-target-groups": (0,fields/* list */.p_)((0,fields/* arn */.Cm)("elasticloadbalancing"), { commas: true, max: 10 }),
};
/** The address that the inputs give. */
function addressOf(given) {
    return {
        application: given.application,
        environment: given.environment,
        cluster: given.cluster,
        services: {
            ...(given["blue-service"] === undefined ? {} : { blue: given["blue-service"] }),
            ...(given["green-service"] === undefined ? {} : { green: given["green-service"] }),
        },
        loadBalancer: given["load-balancer"],
        listenerArns: given["listener-arns"],
        ruleArns: given["rule-arns"],
        testListenerArn: given["test-listener-arn"],
        targetGroups: { blue: given["blue-target-groups"], green: given["green-target-groups"] },
        secretId: given["secret-id"],
        logGroups: given["log-groups"],
    };
}

// EXTERNAL MODULE: ./packages/shared/src/action/inputs.ts
var inputs = __nccwpck_require__(6133);
;// CONCATENATED MODULE: ./packages/shared/src/aws/metrics-fields.ts

/** The `response-time-statistic` input: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
const responseTimeStatisticField = (0,fields/* withDefault */.IQ)((0,fields/* custom */.Ie)((raw) => {
    if (/^p(100|\d{1,2}(\.\d{1,2})?)$/.test(raw) && Number(raw.slice(1)) > 0)
        return raw;
    const named = ["Average", "Maximum"].find((name) => name.toLowerCase() === raw.toLowerCase());
    if (named === undefined)
        throw new fields/* Refusal */.P_("a percentile such as p95 or p99.9, Average or Maximum");
    return named;
}), "p95");
/** The `alarms` input: names, one a line (a name may hold commas and spaces). */
const alarmsField = (0,fields/* list */.p_)((0,fields/* text */.Qq)(/^[^\p{Cc}]{1,255}$/u, "an alarm's name, at most 255 characters"), {
    commas: false,
    max: 100,
});
const accepted = 'a metric of percentages as "Namespace Name [Dimension=value …] [statistic]", such as "Shop/Database ConnectionSuccess Service=api Average"; double quotes hold a value with spaces together';
/** The `database-metric` input. */
const databaseMetricField = (0,fields/* custom */.Ie)((raw) => {
    const [namespace, name, ...rest] = [...raw.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replace(/"/g, ""));
    if (namespace === undefined || name === undefined || /[\r\n]/.test(raw))
        throw new fields/* Refusal */.P_(accepted);
    if (!/^[\w./#:\- ]{1,255}$/.test(namespace) || !/^[\x20-\x7e]{1,255}$/.test(name))
        throw new fields/* Refusal */.P_(accepted);
    const dimensions = {};
    let statistic = "Average";
    for (const [index, word] of rest.entries()) {
        const cut = word.indexOf("=");
        if (cut > 0)
            dimensions[word.slice(0, cut)] = word.slice(cut + 1);
        else if (index === rest.length - 1 && /^(Average|Minimum|Maximum|p\d{1,2}(\.\d{1,2})?)$/.test(word))
            statistic = word;
        else
            throw new fields/* Refusal */.P_(accepted);
    }
    if (Object.keys(dimensions).length > 30 || Object.values(dimensions).includes(""))
        throw new fields/* Refusal */.P_(accepted);
    return { namespace, name, dimensions, statistic };
});

// EXTERNAL MODULE: ./packages/shared/src/health/http-syntax.ts
var http_syntax = __nccwpck_require__(2934);
// EXTERNAL MODULE: ./actions/blue-green-deploy/src/freeze.ts
var freeze = __nccwpck_require__(3831);
// EXTERNAL MODULE: ./packages/shared/src/units.ts
var units = __nccwpck_require__(8400);
;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/steps.ts


const notation = 'steps such as "10%:5m,50%:5m" (canary) or "20%:2m" (linear), each from 1 % to 99 % with a duration up to 24 h';
/** Reads `10%:5m,50%:5m`. */
function parseSteps(text) {
    const parts = text.split(",").map((part) => part.trim());
    if (parts.length > 100)
        throw new fields/* Refusal */.P_("at most 100 steps");
    return parts.map((part) => {
        const match = /^(\d{1,2})\s*%\s*:\s*([\d.]+\s*[smhd]?)$/.exec(part);
        const bake = match?.[2] === undefined ? undefined : (0,units/* parseDuration */.E9)(match[2], "m");
        const percent = Number(match?.[1]);
        if (match === null || bake === undefined || percent < 1 || percent > 99 || bake > 86_400)
            throw new fields/* Refusal */.P_(notation);
        return { percent, bake };
    });
}
const canaryDefault = [{ percent: 10, bake: 300 }];
const linearDefault = [{ percent: 20, bake: 120 }];
/** All steps of a strategy, the last one being everything; or what is wrong with the given ones. */
function stepsFor(strategy, given) {
    const everything = { percent: 100, bake: 0 };
    switch (strategy) {
        case "all-at-once":
            return { steps: [everything] };
        case "canary": {
            const steps = given ?? canaryDefault;
            const down = steps.findIndex((step, index) => index > 0 && step.percent <= (steps[index - 1]?.percent ?? 0));
            if (down > 0) {
                return {
                    wrong: `"${notationOf(steps)}" goes from ${steps[down - 1]?.percent} % to ${steps[down]?.percent} %. Each step must be larger than the one before, for example "10%:5m,50%:5m".`,
                };
            }
            return { steps: [...steps, everything] };
        }
        case "linear": {
            const [step, ...more] = given ?? linearDefault;
            if (step === undefined || more.length > 0)
                return { wrong: `linear takes one step that is repeated, for example "20%:2m".` };
            const count = Math.ceil(100 / step.percent) - 1;
            return {
                steps: [...Array.from({ length: count }, (_, index) => ({ percent: step.percent * (index + 1), bake: step.bake })), everything],
            };
        }
        default:
            return unknown(strategy);
    }
}
const notationOf = (steps) => steps.map((step) => `${step.percent}%:${step.bake}s`).join(",");
function unknown(strategy) {
    throw new Error(`unhandled strategy ${String(strategy)}`);
}

;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/inputs.ts








const imagePattern = /^[a-z0-9](?:[a-z0-9._:/-]{0,400}[a-z0-9])?(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/i;
const imageText = (0,fields/* text */.Qq)(imagePattern, "an image such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2, with a tag or a digest");
const containerName = /^[\w-]{1,255}$/;
/** `container=image` in one line. */
const containerImage = (0,fields/* custom */.Ie)((raw) => {
    const split = raw.indexOf("=");
    const [container, image] = [raw.slice(0, split).trim(), raw.slice(split + 1).trim()];
    if (split < 1 || !containerName.test(container) || !imagePattern.test(image))
        throw new fields/* Refusal */.P_("lines such as app=123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:v2");
    return [container, image];
});
/** `container/NAME=value` in one line; the value is taken literally. */
const setting = (accepted, value) => (0,fields/* custom */.Ie)((raw) => {
    const match = /^([\w-]{1,255})\/([A-Za-z_][A-Za-z0-9_.-]{0,254})=(.*)$/.exec(raw);
    if (match === null || !value.test(match[3] ?? ""))
        throw new fields/* Refusal */.P_(accepted);
    return { container: match[1] ?? "", name: match[2] ?? "", value: match[3] ?? "" };
});
const secretTarget = /^arn:aws(-[a-z]+)*:(secretsmanager|ssm):[a-z0-9-]+:\d{12}:\S{1,1900}$/;
const header = (0,fields/* custom */.Ie)((raw) => {
    const match = /^([A-Za-z0-9-]{1,40}):\s*([\x20-\x7e]{1,128})$/.exec(raw);
    if (match === null)
        throw new fields/* Refusal */.P_('a header with its value, such as "X-Preview: green"');
    return [match[1] ?? "", match[2] ?? ""];
});
/** Every input of the action; action.yml and the README's table are checked against it. */
const spec = {
    mode: (0,fields/* oneOf */.yL)("deploy", "plan", "status", "resume"),
    ...addressFields,
    "environment-class": settings/* environmentClassField */.M2,
    image: (0,fields/* optional */.lq)(imageText),
    "container-name": (0,fields/* optional */.lq)((0,fields/* text */.Qq)(containerName, "a container's name")),
    images: (0,fields/* list */.p_)(containerImage, { commas: false, max: 20 }),
    "environment-variables": (0,fields/* list */.p_)(setting("lines such as app/LOG_LEVEL=info", /^[^\r\n]*$/), { commas: false, max: 200 }),
    secrets: (0,fields/* list */.p_)(setting("lines such as app/DATABASE_URL=arn:aws:secretsmanager:…", secretTarget), { commas: false, max: 200 }),
    "task-definition": (0,fields/* optional */.lq)((0,fields/* text */.Qq)()),
    "allowed-registries": (0,fields/* list */.p_)((0,fields/* text */.Qq)(/^[a-z0-9.:/*-]{1,300}$/i, "registries such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com")),
    "desired-count": (0,fields/* optional */.lq)((0,fields/* wholeNumber */.rD)(1, 5000)),
    strategy: (0,fields/* oneOf */.yL)("all-at-once", "canary", "linear"),
    steps: (0,fields/* optional */.lq)((0,fields/* custom */.Ie)(parseSteps)),
    "test-listener-arn": (0,fields/* optional */.lq)((0,fields/* arn */.Cm)("elasticloadbalancing")),
    "test-header": (0,fields/* optional */.lq)(header),
    "test-checks": http_syntax/* healthChecksField */.k6,
    "health-checks": http_syntax/* healthChecksField */.k6,
    "health-check-interval": (0,fields/* withDefault */.IQ)((0,fields/* duration */.p0)("s", 1, 300), "10s"),
    "migration-command": (0,fields/* optional */.lq)(settings/* commandField */.EE),
    "migration-container": (0,fields/* optional */.lq)((0,fields/* text */.Qq)(containerName, "a container's name")),
    "migration-timeout": (0,fields/* withDefault */.IQ)((0,settings/* minutes */.Gx)(10, 24 * 3600), "15m"),
    "rollback-window": (0,fields/* withDefault */.IQ)((0,settings/* minutes */.Gx)(0, 24 * 3600), "10m"),
    "max-error-rate": (0,fields/* withDefault */.IQ)((0,fields/* number */.ai)(0, 100), "10"),
    "max-response-time": (0,fields/* withDefault */.IQ)((0,fields/* duration */.p0)("s", 0.001, 3600), "5s"),
    "response-time-statistic": responseTimeStatisticField,
    "breach-duration": (0,fields/* withDefault */.IQ)((0,settings/* minutes */.Gx)(60, 3600), "5m"),
    "max-consecutive-health-failures": (0,fields/* withDefault */.IQ)((0,fields/* wholeNumber */.rD)(0, 1000), "3"),
    "min-database-success-rate": (0,fields/* withDefault */.IQ)((0,fields/* number */.ai)(0, 100), "90"),
    "database-metric": (0,fields/* optional */.lq)(databaseMetricField),
    alarms: (0,fields/* list */.p_)((0,fields/* text */.Qq)(/^[^\r\n]{1,255}$/, "alarm names of at most 255 characters")),
    "minimum-requests": (0,fields/* withDefault */.IQ)((0,fields/* wholeNumber */.rD)(1, 1_000_000), "10"),
    "on-inconclusive": (0,fields/* oneOf */.yL)("rollback", "hold", "proceed"),
    "keep-previous": (0,fields/* withDefault */.IQ)((0,settings/* minutes */.Gx)(0, 7 * 24 * 3600), "0"),
    timeout: (0,fields/* withDefault */.IQ)((0,settings/* minutes */.Gx)(60, 24 * 3600), "60m"),
    "on-cancel": (0,fields/* oneOf */.yL)("rollback", "leave"),
    force: (0,fields/* flag */.Jt)(),
    "freeze-windows": (0,fields/* optional */.lq)(freeze/* freezeWindowsField */.d),
    "state-bucket": (0,fields/* optional */.lq)((0,fields/* text */.Qq)(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of an S3 bucket")),
    ...settings/* commonFields */.dG,
};
/** What cannot be said of one input alone: a sentence for each condition that does not hold. */
function acrossInputs(given) {
    const deploying = given.mode === "deploy" || given.mode === "plan";
    const changes = [given.image, given["task-definition"], ...given.images, ...given["environment-variables"], ...given.secrets];
    const twice = duplicates(given.images.map(([container]) => container));
    const steps = stepsFor(given.strategy, given.steps);
    const testRoutes = [given["test-listener-arn"], given["test-header"]].filter((route) => route !== undefined).length;
    const tests = given["test-checks"].length;
    const longest = given["rollback-window"] + totalBake(given.steps ?? []);
    const conditions = [
        [
            deploying && changes.every((one) => one === undefined),
            "image: nothing new is given; give image, images, task-definition, environment-variables or secrets.",
        ],
        [given.image !== undefined && given.images.length > 0, "image and images: give one of them; images takes a line for each container."],
        [
            given["container-name"] !== undefined && given.image === undefined,
            "container-name: it names the container that image is for, and image is not given.",
        ],
        [twice.length > 0, `images: ${twice.join(", ")} stands there twice.`],
        [given.strategy === "all-at-once" && given.steps !== undefined, 'steps: all-at-once has none; use strategy "canary" or "linear".'],
        ["wrong" in steps, `steps: ${"wrong" in steps ? steps.wrong : ""}`],
        [testRoutes === 2, "test-listener-arn and test-header: give one of them."],
        [testRoutes > 0 && tests === 0, "test-checks: a test route is given, but nothing to check through it."],
        [testRoutes === 0 && tests > 0, "test-checks: they need test-listener-arn or test-header, the route that users do not take."],
        [
            given["migration-container"] !== undefined && given["migration-command"] === undefined,
            "migration-container: migration-command is not given.",
        ],
        [
            given.timeout < longest,
            `timeout: ${Math.round(given.timeout / 60)} min are shorter than the rollback window and the steps together (${Math.ceil(longest / 60)} min).`,
        ],
    ];
    return conditions.flatMap(([broken, sentence]) => (broken ? [sentence] : []));
}
const duplicates = (names) => [
    ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];
const totalBake = (steps) => steps.reduce((sum, step) => sum + step.bake, 0);
/** Reads and checks everything, or reports every wrong input at once. */
function read(raw, environment) {
    const given = (0,inputs/* readInputs */.Ko)(spec, raw, acrossInputs);
    const steps = stepsFor(given.strategy, given.steps);
    return {
        given,
        aws: (0,settings/* awsSettings */.Tk)(given, environment, given.mode === "status" || given.mode === "plan" ? 0 : given.timeout),
        address: addressOf(given),
        environmentClass: (0,settings/* environmentClass */.E4)(given["environment-class"], given.environment),
        steps: "wrong" in steps ? [] : steps.steps,
        changes: {
            image: given.image,
            containerName: given["container-name"],
            images: new Map(given.images),
            environment: given["environment-variables"],
            secrets: given.secrets,
        },
    };
}


/***/ }),

/***/ 6373:
/***/ ((module, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(module, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var _aws_deploy_actions_shared_action_aws_base__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(3297);
/* harmony import */ var _aws_deploy_actions_shared_action_launch__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(1764);
/* harmony import */ var _aws_deploy_actions_shared_action_process__WEBPACK_IMPORTED_MODULE_5__ = __nccwpck_require__(7839);
/* harmony import */ var _adapters_tools_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(4812);
/* harmony import */ var _inputs_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(6242);
/* harmony import */ var _run_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(6782);






/** The SDK's modules that this action uses, each loaded with its first call. */
const loaders = {
    ecs: () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(212)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 212, 19)),
    elb: () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(586)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 586, 19)),
    autoscaling: () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(491)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 1491, 19)),
    ecr: () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(249)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 8249, 19)),
    logs: () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(303)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 303, 19)),
    cloudwatch: () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(85)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 4085, 19)),
    s3: () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(711)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 3711, 19)),
    secrets: () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(994)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 2994, 19)),
    sns: () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(797)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 8797, 19)),
};
await (0,_aws_deploy_actions_shared_action_launch__WEBPACK_IMPORTED_MODULE_1__/* .launch */ .q)({
    name: "blue-green-deploy",
    spec: _inputs_js__WEBPACK_IMPORTED_MODULE_3__/* .spec */ .I,
    read: _inputs_js__WEBPACK_IMPORTED_MODULE_3__/* .read */ .L,
    logDirectory: (config) => config.given["log-directory"],
    run: async (config, base) => await (0,_run_js__WEBPACK_IMPORTED_MODULE_4__/* .run */ .e)(config, (0,_adapters_tools_js__WEBPACK_IMPORTED_MODULE_2__/* .blueGreenTools */ .H)(config, await (0,_aws_deploy_actions_shared_action_aws_base__WEBPACK_IMPORTED_MODULE_0__/* .openAws */ .e)(loaders, config.aws, base), base), base),
}, { ...(0,_aws_deploy_actions_shared_action_process__WEBPACK_IMPORTED_MODULE_5__/* .thisProcess */ .W)(), timeFactor: process.env["DEPLOY_TIME_FACTOR"] });

__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 6782:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  e: () => (/* binding */ run)
});

// EXTERNAL MODULE: ./packages/shared/src/problems.ts
var src_problems = __nccwpck_require__(7971);
// EXTERNAL MODULE: ./packages/rollout/src/decide/flow.ts
var flow = __nccwpck_require__(4128);
// EXTERNAL MODULE: ./packages/shared/src/aws/errors.ts
var errors = __nccwpck_require__(1318);
// EXTERNAL MODULE: ./packages/shared/src/units.ts
var units = __nccwpck_require__(8400);
// EXTERNAL MODULE: ./packages/rollout/src/step.ts
var src_step = __nccwpck_require__(4887);
// EXTERNAL MODULE: ./packages/rollout/src/decide/await-healthy.ts
var await_healthy = __nccwpck_require__(3888);
// EXTERNAL MODULE: ./packages/rollout/src/colours.ts
var colours = __nccwpck_require__(9536);
// EXTERNAL MODULE: ./packages/rollout/src/traffic.ts
var src_traffic = __nccwpck_require__(4284);
;// CONCATENATED MODULE: ./packages/rollout/src/decide/finalize.ts





/** Longest deregistration delay that is waited for (AWS's default is 300 s) with the tasks' stop: what drains longer drains alone. */
const drainLimit = 420;
/** Takes the colour that users left out of service without cutting anybody off, and gives autoscaling back. */
function finalize(plan, seen, progress, now) {
    const { to } = plan;
    const from = (0,colours/* other */.F)(to);
    if ((0,src_traffic/* healthyInEachGroup */.ln)(seen, to) === 0) {
        const outcome = plan.goal === "deploy" ? "failed" : "rollback-failed";
        return (0,src_step/* stop */.ds)(outcome, `${to} lost its healthy targets before ${from} was scaled down; ${from} was kept`);
    }
    if (plan.keepPrevious > 0 && plan.goal === "deploy")
        return (giveBack(plan, seen) ??
            (0,src_step/* stop */.ds)("succeeded", `${(0,await_healthy/* short */.h0)(plan.revision)} serves all traffic; ${from} is kept for ${Math.round(plan.keepPrevious / 60)} min`));
    const sticky = seen.routes.find((route) => route.stickySeconds !== undefined && route.weights[from] !== undefined);
    if (sticky !== undefined) {
        const because = `${from} leaves the ${sticky.kind}: stickiness would send users to it after its tasks are gone`;
        return (0,src_step/* mutate */.Tk)({ kind: "set-weights", route: sticky, weights: (0,src_traffic/* weightsFor */.NK)(to, 100, true) }, because);
    }
    const old = seen.services[from];
    if (old.desired > 0)
        return (0,src_step/* mutate */.Tk)({ kind: "update-service", colour: from, revision: undefined, count: 0 }, `${from} is drained and scaled down`);
    const draining = seen.targets[from].filter((target) => target.state === "draining").length;
    const left = Math.max(old.running, draining);
    const until = Math.min(progress.since + drainLimit, (0,flow/* deadline */.nl)(plan, progress));
    if (left > 0 && now < until)
        return (0,src_step/* wait */.uk)(`${left} tasks of ${from} to finish their requests and stop`, until);
    return (giveBack(plan, seen) ??
        (0,src_step/* stop */.ds)("succeeded", plan.goal === "deploy" ? `${(0,await_healthy/* short */.h0)(plan.revision)} serves all traffic` : `users are back on ${to} (${(0,await_healthy/* short */.h0)(plan.revision)})`));
}
/** Autoscaling returns to the colour that serves; the drained one's stays suspended, or it would scale the old version up again. */
function giveBack(plan, seen) {
    const ours = seen.scaling[plan.to];
    const held = ours !== undefined && (ours.scaleInSuspended || ours.scaleOutSuspended || ours.scheduledSuspended);
    return held ? (0,src_step/* mutate */.Tk)({ kind: "give-back-scaling", colour: plan.to }, `autoscaling of ${plan.to} goes on`) : undefined;
}

;// CONCATENATED MODULE: ./packages/rollout/src/decide/roll-back.ts



/** How long the old colour may take to become healthy again before the rollback counts as failed. */
const revivalSeconds = 900;
/** Users first: the weights go back before anything else is touched. Then the new colour is retired and autoscaling given back. */
function rollingBack(plan, seen, progress, now) {
    const { to } = plan;
    const from = (0,colours/* other */.F)(to);
    const astray = seen.routes.find((route) => !isBack(route, plan));
    if (astray !== undefined) {
        if ((0,src_traffic/* healthyInEachGroup */.ln)(seen, from) > 0 || (0,src_traffic/* healthyInEachGroup */.ln)(seen, to) === 0)
            return putBack(astray, plan);
        return revive(plan, seen, progress, now);
    }
    if (progress.backAt === undefined)
        return { do: "note", progress: { backAt: now }, because: `users are on ${from}` };
    const bad = seen.services[to];
    if (bad.desired > 0)
        return (0,src_step/* mutate */.Tk)({ kind: "update-service", colour: to, revision: undefined, count: 0 }, `${to} is scaled down: users do not need it`);
    const scaling = seen.scaling[from];
    if (scaling !== undefined && (scaling.scaleInSuspended || scaling.scaleOutSuspended || scaling.scheduledSuspended)) {
        return (0,src_step/* mutate */.Tk)({ kind: "give-back-scaling", colour: from }, `autoscaling of ${from} goes on`);
    }
    return (0,src_step/* stop */.ds)(progress.rollbackAs ?? "rolled-back", progress.rollbackReason ?? "rolled back");
}
/** The call that puts one route back. A group with stickiness leaves the action: its cookies would hold users on the bad version. */
function putBack(route, plan) {
    const from = (0,colours/* other */.F)(plan.to);
    return (0,src_step/* mutate */.Tk)({ kind: "set-weights", route, weights: (0,src_traffic/* weightsFor */.NK)(from, 100, mustLeave(route)) }, `${route.label}: all new connections back to ${from}`);
}
const mustLeave = (route) => route.stickySeconds !== undefined;
function isBack(route, plan) {
    const from = (0,colours/* other */.F)(plan.to);
    const { [from]: good, [plan.to]: bad } = route.weights;
    return good !== undefined && good > 0 && (bad === undefined || (bad === 0 && !mustLeave(route)));
}
/** The old colour has nobody to serve users: it is scaled up first, while the new one still answers. */
function revive(plan, seen, progress, now) {
    const from = (0,colours/* other */.F)(plan.to);
    const until = (progress.rollbackSince ?? now) + revivalSeconds;
    if (now >= until)
        return (0,src_step/* stop */.ds)("rollback-failed", `${from} did not become healthy, so traffic stays on ${plan.to}. ${progress.rollbackReason ?? ""}`.trim());
    const old = seen.services[from];
    if (old.desired < progress.count) {
        return (0,src_step/* mutate */.Tk)({ kind: "update-service", colour: from, revision: undefined, count: progress.count }, `${from} has no healthy target: it is scaled up before users return`);
    }
    return (0,src_step/* wait */.uk)(`a healthy target on ${from} before users return`, until);
}

;// CONCATENATED MODULE: ./packages/rollout/src/decide/scale.ts




/** Prepares the colour that users will be on: attached to every route, autoscaling held, scaled to the count that users need. */
function scale(plan, seen, progress) {
    const { to } = plan;
    const from = (0,colours/* other */.F)(to);
    // A target group that no listener uses is never health-checked: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    const loose = seen.routes.find((route) => route.weights[to] === undefined);
    if (loose !== undefined) {
        const weights = { ...loose.weights, [to]: 0 };
        return (0,src_step/* mutate */.Tk)({ kind: "set-weights", route: loose, weights }, `the ${to} target group joins the ${loose.kind} with weight 0, so that its health is checked`);
    }
    const { [to]: ours, [from]: theirs } = seen.scaling;
    if (ours !== undefined && !(ours.scaleInSuspended && ours.scaleOutSuspended && ours.scheduledSuspended)) {
        return (0,src_step/* mutate */.Tk)({ kind: "suspend-scaling", colour: to, what: "all" }, `autoscaling must not change ${to} while it takes over`);
    }
    if (theirs !== undefined && !theirs.scaleInSuspended) {
        return (0,src_step/* mutate */.Tk)({ kind: "suspend-scaling", colour: from, what: "scale-in" }, `${from} must keep the tasks that users need until ${to} has proved itself`);
    }
    const count = wantedCount(plan, seen, progress);
    const service = seen.services[to];
    if (service.revision !== plan.revision || service.desired !== count) {
        const revision = service.revision === plan.revision ? undefined : plan.revision;
        return (0,src_step/* mutate */.Tk)({ kind: "update-service", colour: to, revision, count }, `${count} tasks of ${(0,await_healthy/* short */.h0)(plan.revision)} on ${to}`, { count });
    }
    return (0,src_step/* advance */.np)((0,flow/* phaseAfter */.WP)(plan, "scale", progress), `${to} is asked for ${count} tasks of ${(0,await_healthy/* short */.h0)(plan.revision)}`, { count });
}
/** As many as users need now: never fewer than were asked for before, and at least one. */
function wantedCount(plan, seen, progress) {
    return Math.max(1, plan.count ?? Math.max(progress.count, seen.services[(0,colours/* other */.F)(plan.to)].running));
}

;// CONCATENATED MODULE: ./packages/rollout/src/decide/shift.ts






/** How long new weights may take until probes confirm them: propagation takes seconds (not documented; 1 to 10 seen). */
const confirmationLimit = 60;
/** Moves users step by step, each route by itself, and looks at the judge between the steps. */
function shift(plan, seen, progress, now) {
    const { to } = plan;
    const step = plan.steps[progress.step] ?? { percent: 100, bake: 0 };
    if ((0,src_traffic/* healthyInEachGroup */.ln)(seen, to) === 0)
        return withoutTargets(plan, progress, now);
    if (progress.switchedAt === undefined && plan.goal === "deploy" && wantedCount(plan, seen, progress) > progress.count) {
        return (0,src_step/* advance */.np)("scale", `${(0,colours/* other */.F)(to)} has grown to ${seen.services[(0,colours/* other */.F)(to)].running} tasks meanwhile`);
    }
    const verdict = plan.goal === "deploy" && progress.switchedAt !== undefined ? seen.judgement : undefined;
    if (verdict?.verdict === "bad")
        return (0,src_step/* rollBack */.Fu)(verdict.evidence);
    const route = seen.routes.find((one) => !isAt(one, plan, step.percent));
    if (route !== undefined) {
        const weights = (0,src_traffic/* weightsFor */.NK)(to, step.percent, leavesAction(route, plan));
        const because = `${route.label}: ${step.percent} % of new connections to ${to}${plan.steps.length > 1 ? `, step ${progress.step + 1} of ${plan.steps.length}` : ""}`;
        return (0,src_step/* mutate */.Tk)({ kind: "set-weights", route, weights }, because, progress.switchedAt === undefined ? { switchedAt: now } : undefined);
    }
    if (progress.stepSince === undefined)
        return { do: "note", progress: { stepSince: now }, because: `${to} has ${step.percent} %` };
    if (progress.step >= plan.steps.length - 1)
        return shift_confirm(plan, seen, progress, now);
    const end = progress.stepSince + step.bake;
    if (now < end || verdict?.verdict === "breaching")
        return (0,src_step/* wait */.uk)(`the step at ${step.percent} % to prove itself`, Math.max(end, now), seen.judgement.evidence);
    return {
        do: "note",
        progress: { step: progress.step + 1, stepSince: undefined },
        because: `no trigger in ${(0,units/* formatDuration */.a3)(step.bake)} at ${step.percent} %`,
    };
}
/** On the way back a sticky group leaves the action: its cookies beat any weight, 0 included. */
const leavesAction = (route, plan) => plan.goal === "return" && route.stickySeconds !== undefined;
function isAt(route, plan, percent) {
    const wanted = (0,src_traffic/* weightsFor */.NK)(plan.to, percent, leavesAction(route, plan));
    return route.weights.blue === wanted.blue && route.weights.green === wanted.green;
}
function withoutTargets(plan, progress, now) {
    if (progress.switchedAt === undefined && plan.goal === "return")
        return (0,src_step/* advance */.np)("scale", `${plan.to} has no healthy target: it is scaled up first`);
    if (progress.switchedAt === undefined)
        return (0,src_step/* advance */.np)("await-healthy", `the healthy targets of ${plan.to} are gone again`);
    if (plan.goal === "deploy")
        return (0,src_step/* rollBack */.Fu)(`${plan.to} has no healthy target any more`);
    return now < (0,flow/* deadline */.nl)(plan, progress)
        ? (0,src_step/* wait */.uk)(`a healthy target on ${plan.to}`, (0,flow/* deadline */.nl)(plan, progress))
        : (0,src_step/* stop */.ds)("rollback-failed", `${plan.to} has no healthy target, and neither way is safe`);
}
function shift_confirm(plan, seen, progress, now) {
    const { confirmation } = seen;
    if (confirmation.state === "confirmed") {
        return (0,src_step/* advance */.np)((0,flow/* phaseAfter */.WP)(plan, "shift", { switchedAt: now }), confirmation.by, { confirmedAt: now });
    }
    const until = (progress.stepSince ?? now) + confirmationLimit;
    if (now < until)
        return (0,src_step/* wait */.uk)(`traffic to reach ${plan.to}`, until, confirmation.by);
    const because = `traffic did not reach ${plan.to} within ${(0,units/* formatDuration */.a3)(confirmationLimit)}: ${confirmation.by}`;
    return plan.goal === "deploy" ? (0,src_step/* rollBack */.Fu)(because) : (0,src_step/* stop */.ds)("rollback-failed", because);
}

;// CONCATENATED MODULE: ./packages/rollout/src/decide/watch.ts




/** Watches the new version under all of the traffic, for as long as users of the old one would want it back. */
function watch(plan, seen, progress, now) {
    const moved = seen.routes.find((route) => (0,src_traffic/* share */.uM)(route, plan.to) !== 100);
    if (moved !== undefined) {
        return (0,src_step/* stop */.ds)("failed", `somebody else moved traffic: ${moved.kind} ${moved.id} gives ${plan.to} ${Math.round((0,src_traffic/* share */.uM)(moved, plan.to) ?? 0)} % now. It was left so`);
    }
    if ((0,src_traffic/* healthyInEachGroup */.ln)(seen, plan.to) === 0)
        return (0,src_step/* rollBack */.Fu)(`${plan.to} has no healthy target any more`);
    const { verdict, evidence } = seen.judgement;
    const end = progress.since + plan.watch;
    switch (verdict) {
        case "bad":
            return (0,src_step/* rollBack */.Fu)(evidence);
        case "breaching":
            // A breach that has begun but not lasted long enough must be seen through: leaving now would pass it.
            return (0,src_step/* wait */.uk)("a breach to end, or to last long enough", Math.max(end, now), evidence);
        case "good":
            if (now < end)
                return (0,src_step/* wait */.uk)("the rollback window to end", end, evidence);
            return (0,src_step/* advance */.np)((0,flow/* phaseAfter */.WP)(plan, "watch", progress), `no trigger in ${(0,units/* formatDuration */.a3)(plan.watch)}: ${evidence}`);
        case "no-data":
        case "inconclusive":
            return now < end ? (0,src_step/* wait */.uk)("the rollback window to end", end, evidence) : withoutVerdict(plan, evidence);
        default:
            return unknownVerdict(verdict);
    }
}
function withoutVerdict(plan, evidence) {
    const because = `nobody can say whether ${plan.to} is well: ${evidence}`;
    switch (plan.onInconclusive) {
        case "rollback":
            return (0,src_step/* rollBack */.Fu)(because, "inconclusive");
        case "hold":
            return (0,src_step/* stop */.ds)("inconclusive", `${because}. Both colours stay as they are (on-inconclusive: hold)`);
        case "proceed":
            return (0,src_step/* advance */.np)("finalize", `${because}; going on (on-inconclusive: proceed)`);
        default:
            return unknownVerdict(plan.onInconclusive);
    }
}
function unknownVerdict(verdict) {
    throw new Error(`unhandled verdict ${String(verdict)}`);
}

;// CONCATENATED MODULE: ./packages/rollout/src/decide/decide.ts









/**
 * Decides the next step of a rollout from what AWS shows now.
 *
 * Pure: everything it knows is in its arguments, so a run that died can be taken up by any other.
 *
 * @param now seconds since the epoch, from the injected clock
 */
function decide(plan, seen, progress, now) {
    switch (progress.phase) {
        case "migrate":
            return migrate(plan, seen, progress, now);
        case "scale":
            return scale(plan, seen, progress);
        case "await-healthy":
            return (0,await_healthy/* awaitHealthy */.iX)(plan, seen, progress, now);
        case "test":
            return test(plan, seen, progress, now);
        case "shift":
            return shift(plan, seen, progress, now);
        case "watch":
            return watch(plan, seen, progress, now);
        case "finalize":
            return finalize(plan, seen, progress, now);
        case "rolling-back":
            return rollingBack(plan, seen, progress, now);
        default:
            return unknownPhase(progress.phase);
    }
}
/** A one-off task before users see anything; its exit code decides. A task without an exit code never ran: that is a failure too. */
function migrate(plan, seen, progress, now) {
    const { migration } = seen;
    const until = progress.since + plan.migrationTimeout;
    switch (migration.state) {
        case "none":
            return (0,src_step/* mutate */.Tk)({ kind: "start-migration" }, "the migration runs before users see the new version");
        case "running":
            if (now < until)
                return (0,src_step/* wait */.uk)("the migration task to end", until);
            return (0,src_step/* rollBack */.Fu)(`the migration did not end within ${(0,units/* formatDuration */.a3)(plan.migrationTimeout)}`, "failed");
        case "stopped":
            if (migration.exitCode === 0)
                return (0,src_step/* advance */.np)((0,flow/* phaseAfter */.WP)(plan, "migrate", progress), "the migration ended with exit code 0");
            return (0,src_step/* rollBack */.Fu)(`the migration failed: ${migration.reason}`, "failed");
        default:
            return unknownPhase(migration);
    }
}
/** Checks of the new version that users cannot reach yet. */
function test(plan, seen, progress, now) {
    const { tests } = seen;
    const until = progress.since + testLimit;
    switch (tests.state) {
        case "passed":
            return (0,src_step/* advance */.np)((0,flow/* phaseAfter */.WP)(plan, "test", progress), "the new version passed its checks before users see it");
        case "failed":
            return (0,src_step/* rollBack */.Fu)(`the new version failed its checks before users saw it: ${tests.why}`, "failed");
        case "pending":
            return now < until
                ? (0,src_step/* wait */.uk)("the checks through the test route", until)
                : (0,src_step/* rollBack */.Fu)("the checks through the test route did not end in 5 min", "failed");
        default:
            return unknownPhase(tests);
    }
}
const testLimit = 300;
function unknownPhase(phase) {
    throw new Error(`unhandled ${JSON.stringify(phase)}`);
}

;// CONCATENATED MODULE: ./packages/rollout/src/observe.ts


/** How old each part of the snapshot may be in each phase. What decides a phase is looked at in every turn, the rest less often. */
const freshness = {
    migrate: { migration: 0 },
    scale: { routes: 0, services: 0, scaling: 0 },
    "await-healthy": { targets: 0, services: 6, tasks: 6, routes: 600 },
    test: { tests: 0 },
    shift: { routes: 4, targets: 8, oldTargets: 20, services: 30, judgement: 0, confirmation: 0 },
    watch: { judgement: 0, routes: 20, targets: 10, oldTargets: 20, services: 60 },
    finalize: { services: 3, targets: 10, oldTargets: 5, scaling: 30, routes: 30 },
    "rolling-back": { routes: 3, targets: 10, oldTargets: 3, services: 6, scaling: 30 },
};
const nothingYet = { verdict: "no-data", evidence: "nothing was measured yet", findings: [] };
function createObserver(plan, ports, clock) {
    let last;
    const seenAt = new Map();
    const stale = (part, phase) => {
        const limit = freshness[phase][part];
        const at = seenAt.get(part);
        return limit !== undefined && (at === undefined || clock.now() - at >= limit);
    };
    const done = (part) => {
        seenAt.set(part, clock.now());
    };
    async function refreshTopology(progress) {
        const [routes, services, scaling] = await Promise.all([
            last === undefined || stale("routes", progress.phase) ? ports.traffic.routes().finally(() => done("routes")) : last.routes,
            last === undefined || stale("services", progress.phase) ? ports.services.look().finally(() => done("services")) : last.services,
            last === undefined || stale("scaling", progress.phase) ? ports.scaling.look().finally(() => done("scaling")) : last.scaling,
        ]);
        return { routes, services, scaling };
    }
    async function refreshTargets(progress, routes) {
        const wanted = { [plan.to]: stale("targets", progress.phase), [(0,colours/* other */.F)(plan.to)]: stale("oldTargets", progress.phase) };
        const pairs = await Promise.all(colours/* colours */.M8.map(async (colour) => {
            if (last !== undefined && !wanted[colour])
                return [colour, last.targets[colour]];
            const found = await ports.traffic.health((0,src_traffic/* groupsOf */.c1)(routes, colour));
            done(colour === plan.to ? "targets" : "oldTargets");
            return [colour, found];
        }));
        return Object.fromEntries(pairs);
    }
    async function judge({ phase, switchedAt }, routes) {
        if (switchedAt === undefined || plan.goal === "return" || !stale("judgement", phase))
            return last?.judgement ?? nothingYet;
        return await ports.evidence.judge({
            phase,
            since: switchedAt,
            share: Math.max(0, ...routes.map((route) => (0,src_traffic/* share */.uM)(route, plan.to) ?? 0)),
        });
    }
    async function confirm({ phase, switchedAt, stepSince }) {
        if (switchedAt === undefined || !stale("confirmation", phase))
            return last?.confirmation ?? { state: "waiting", by: "not switched yet" };
        return await ports.evidence.confirmation(plan, stepSince ?? switchedAt);
    }
    async function look(progress) {
        const { phase } = progress;
        let { routes, services, scaling } = await refreshTopology(progress);
        const targets = await refreshTargets(progress, routes);
        const moved = last !== undefined && states(targets[plan.to]) !== states(last.targets[plan.to]);
        if (moved && phase === "await-healthy") {
            services = await ports.services.look();
            done("services");
        }
        const asksTasks = freshness[phase].tasks !== undefined;
        const tasks = asksTasks && (moved || stale("tasks", phase))
            ? await ports.services.tasks(plan.to).finally(() => done("tasks"))
            : (last?.tasks ?? []);
        const [judgement, confirmation, migration, tests] = await Promise.all([
            judge(progress, routes),
            confirm(progress),
            stale("migration", phase) ? ports.migration.look() : (last?.migration ?? { state: "none" }),
            stale("tests", phase) ? ports.tests.look() : (last?.tests ?? { state: "pending" }),
        ]);
        last = { at: clock.now(), routes, services, targets, tasks, scaling, judgement, migration, tests, confirmation };
        return last;
    }
    return {
        look,
        get last() {
            return last;
        },
        amend: (change) => {
            if (last !== undefined)
                last = { ...last, ...change };
        },
        forget: (...parts) => {
            for (const part of parts)
                seenAt.delete(part);
        },
    };
}
const states = (targets) => targets
    .map((target) => `${target.group} ${target.id} ${target.state}`)
    .sort()
    .join("\n");

// EXTERNAL MODULE: ./packages/rollout/src/ports.ts
var src_ports = __nccwpck_require__(2269);
;// CONCATENATED MODULE: ./packages/rollout/src/loop.ts








/** A phase is looked at this often; fast enough that nobody waits for us, slow enough for AWS's limits. */
const pollSeconds = {
    migrate: 3,
    scale: 1,
    "await-healthy": 2,
    test: 2,
    shift: 2,
    watch: 2,
    finalize: 3,
    "rolling-back": 2,
};
/** How long AWS may fail to answer before the rollout gives up; while users are on an unproven version it goes back instead. */
const outageLimit = 120;
/**
 * Carries a rollout from where it is to its end: observe, decide, apply, record, again and again.
 * It may begin in any phase, so a run that died is taken up by the next one.
 */
async function rollOut(plan, begin, ports, clock, options) {
    const run = { plan, ports, clock, observer: createObserver(plan, ports, clock), options };
    ports.narrator.phase(begin, plan.goal === "deploy" ? "the rollout begins" : "the way back begins");
    let turn = { progress: begin };
    while (!("end" in turn)) {
        const progress = await heedCancellation(run, turn.progress);
        if ("outcome" in progress)
            return progress;
        turn = await takeTurn(run, progress, turn.troubledSince);
    }
    return turn.end;
}
const ended = ({ observer }, progress, outcome, because, problems = [], lost = false) => ({
    outcome,
    because,
    progress,
    seen: observer.last,
    problems,
    lost,
});
/** A cancelled job stops in the first second: what users see is settled before anything else is looked at. */
async function heedCancellation(run, progress) {
    const { plan, options, ports, observer, clock } = run;
    if (!options.cancelled.aborted || progress.rollbackReason !== undefined || plan.goal === "return")
        return progress;
    if (options.onCancel === "leave")
        return ended(run, progress, "cancelled", "the job was cancelled; everything was left as it is (on-cancel: leave)");
    if (progress.phase === "finalize") {
        return ended(run, progress, "cancelled", "the job was cancelled; the new version had proved itself and stays, the clean-up is still to be done");
    }
    return await cancel(plan, progress, ports, observer, clock);
}
async function takeTurn(run, progress, troubledSince) {
    const { plan, ports, clock, observer, options } = run;
    try {
        const seen = await observer.look(progress);
        const step = decide(plan, seen, progress, clock.now());
        if (step.do === "stop")
            return { end: ended(run, progress, step.outcome, step.because) };
        return { progress: await carryOut(step, plan, progress, ports, observer, clock, options.cancelled) };
    }
    catch (error) {
        if (error instanceof src_ports/* LeaseLost */.V) {
            return { end: ended(run, progress, "failed", `${error.holder} has taken this environment over; this run has stopped`, [], true) };
        }
        if (options.cancelled.aborted && progress.rollbackReason === undefined && plan.goal === "deploy")
            return { progress };
        return await afterFailure(run, progress, error, troubledSince ?? clock.now());
    }
}
async function afterFailure(run, progress, error, troubledSince) {
    const { plan, ports, clock, observer, options } = run;
    const verdict = afterTrouble(error, plan, progress, clock.now() - troubledSince, observer.last);
    switch (verdict) {
        case "retry":
            ports.narrator.trouble(`${firstLine(error)}; trying again`);
            await pause(clock, pollSeconds[progress.phase], options.cancelled);
            return { progress, troubledSince };
        case "roll-back": {
            const unproved = isTransient(error) ? "inconclusive" : "rolled-back";
            const as = progress.switchedAt === undefined ? "failed" : unproved;
            const because = isTransient(error)
                ? `AWS did not answer for ${(0,units/* formatDuration */.a3)(outageLimit)}, so the new version could not be watched`
                : `the deployment cannot go on: ${firstLine(error)}`;
            return { progress: enterRollback(because, as, progress, ports, clock) };
        }
        case "give-up": {
            const outcome = progress.phase === "rolling-back" || plan.goal === "return" ? "rollback-failed" : "failed";
            return { end: ended(run, progress, outcome, firstLine(error), (0,src_problems/* problemsOf */.GW)(error)) };
        }
        default:
            return unknownStep(verdict);
    }
}
/** Trouble of the cloud that may pass. */
const isTransient = (error) => ["throttled", "broken", "lost"].includes((0,errors/* causeKind */.My)(error) ?? "");
/** What follows from a failed call: AWS's passing trouble is waited out, and never taken for a verdict about the new version. */
function afterTrouble(error, plan, progress, lasting, seen) {
    const goingBack = progress.phase === "rolling-back" || plan.goal === "return";
    const limit = goingBack ? plan.timeout : outageLimit;
    if (isTransient(error) && lasting < limit)
        return "retry";
    if (goingBack)
        return lasting < 60 ? "retry" : "give-up";
    const proved = progress.phase === "finalize";
    // Before the switch nothing users see has changed, but the new colour must not be left running.
    return proved || seen === undefined ? "give-up" : "roll-back";
}
async function carryOut(step, plan, progress, ports, observer, clock, cancelled) {
    const { narrator } = ports;
    switch (step.do) {
        case "wait": {
            const poll = pollSeconds[progress.phase];
            await ports.record.keepAlive();
            narrator.waiting(step.for, step.detail, progress.since, Math.min(step.until, (0,flow/* deadline */.nl)(plan, progress)), poll);
            await pause(clock, poll, cancelled);
            return progress;
        }
        case "mutate": {
            narrator.step(step.because);
            if (progress.phase === "rolling-back")
                return await putUsersFirst(step.mutation, progress, ports, observer);
            await ports.record.check();
            // The intent is written before the deed where it moves users: whoever finds the record knows that they may have been moved.
            const intended = { ...progress, ...step.note };
            if (step.note !== undefined)
                await ports.record.save(intended);
            await apply(step.mutation, ports, observer);
            return intended;
        }
        case "note": {
            narrator.step(step.because);
            const noted = { ...progress, ...step.progress };
            await ports.record.save(noted);
            return noted;
        }
        case "advance": {
            const advanced = { ...progress, ...step.note, phase: step.to, since: clock.now() };
            await ports.record.save(advanced);
            narrator.phase(advanced, step.because);
            return advanced;
        }
        case "roll-back":
            return enterRollback(step.because, step.as, progress, ports, clock);
        default:
            return unknownStep(step);
    }
}
/** Users are put back before the record is written: a record that cannot be read or written must not hold them on a bad version. */
async function putUsersFirst(mutation, progress, ports, observer) {
    const heldBack = (error) => {
        if (error instanceof src_ports/* LeaseLost */.V)
            throw error;
        ports.narrator.trouble(`the record cannot be used: ${firstLine(error)}`);
    };
    await ports.record.check().catch(heldBack);
    await apply(mutation, ports, observer);
    await ports.record.save(progress).catch(heldBack);
    return progress;
}
function enterRollback(because, as, progress, ports, clock) {
    const now = clock.now();
    const entered = { ...progress, phase: "rolling-back", since: now, rollbackReason: because, rollbackSince: now, rollbackAs: as };
    ports.narrator.phase(entered, because);
    return entered;
}
/** The job was cancelled: when users may be on the unproven version, the very next calls put them back. */
async function cancel(plan, progress, ports, observer, clock) {
    const seen = observer.last;
    const entered = enterRollback("the job was cancelled", "cancelled", progress, ports, clock);
    if (progress.switchedAt === undefined || seen === undefined)
        return entered;
    for (const route of seen.routes) {
        const step = putBack(route, plan);
        if (step.do !== "mutate")
            continue;
        try {
            await apply(step.mutation, ports, observer);
        }
        catch (error) {
            // The loop goes on putting back; what matters now is to try the other routes.
            ports.narrator.trouble(firstLine(error));
        }
    }
    return entered;
}
async function apply(mutation, ports, observer) {
    switch (mutation.kind) {
        case "set-weights": {
            const changed = await ports.traffic.setWeights(mutation.route, mutation.weights);
            const routes = (observer.last?.routes ?? []).map((route) => (route.id === changed.id ? changed : route));
            observer.amend({ routes });
            observer.forget("confirmation");
            return;
        }
        case "update-service": {
            const changed = await ports.services.update(mutation.colour, mutation);
            const services = observer.last?.services;
            if (services !== undefined)
                observer.amend({ services: { ...services, [mutation.colour]: changed } });
            return observer.forget("oldTargets");
        }
        case "suspend-scaling":
            await ports.scaling.suspend(mutation.colour, mutation.what);
            return observer.forget("scaling");
        case "give-back-scaling":
            await ports.scaling.giveBack(mutation.colour);
            return observer.forget("scaling");
        case "start-migration":
            return await ports.migration.start();
        case "stop-migration":
            return await ports.migration.stop(mutation.task);
        default:
            return unknownStep(mutation);
    }
}
/** Sleeps, but a cancelled job is not kept waiting. */
async function pause(clock, time, cancelled) {
    if (cancelled.aborted)
        return await clock.sleep(Math.min(time, 1));
    await clock.sleep(time, cancelled).catch(() => undefined);
}
const firstLine = (error) => (0,src_problems/* problemsOf */.GW)(error)[0]?.what ?? String(error);
function unknownStep(step) {
    throw new Error(`unhandled ${JSON.stringify(step)}`);
}

;// CONCATENATED MODULE: ./packages/rollout/src/conduct.ts


/** Where a plan begins, with the number of tasks that users need now. */
const beginning = (plan, count, now) => ({
    phase: (0,flow/* firstPhase */.EL)(plan),
    since: now,
    started: now,
    count: Math.max(1, plan.count ?? count),
    step: 0,
    stepSince: undefined,
    switchedAt: undefined,
    confirmedAt: undefined,
    rollbackReason: undefined,
    rollbackSince: undefined,
    backAt: undefined,
    rollbackAs: undefined,
});
/** The record that a plan begins with. */
const recordOf = (plan, progress, about) => ({
    deployment: plan.deployment,
    goal: plan.goal,
    from: plan.to === "blue" ? "green" : "blue",
    to: plan.to,
    revision: plan.revision,
    progress,
    outcome: undefined,
    endedAt: undefined,
    keepUntil: undefined,
    watch: plan.watch,
    ...about,
});
/** Carries a recorded rollout to its end and writes the end down. Used by deployments, rollbacks and whoever goes on with a lost run. */
async function conduct(saved, plan, session, ports, clock, options) {
    try {
        const ending = await rollOut(plan, saved.progress, ports, clock, options);
        if (!ending.lost)
            await writeEnd(ending, saved, plan, session, ports, clock);
        return ending;
    }
    finally {
        ports.stopProbing();
        await ports.tests
            .close()
            .catch((error) => ports.narrator.trouble(`the test route could not be closed: ${error.message}`));
    }
}
async function writeEnd(ending, saved, plan, session, ports, clock) {
    const now = clock.now();
    const keepUntil = ending.outcome === "succeeded" && plan.keepPrevious > 0 ? now + plan.keepPrevious : undefined;
    const end = { ...saved, progress: ending.progress, outcome: ending.outcome, endedAt: now, keepUntil };
    await session.end(end).catch((error) => {
        ports.narrator.trouble(`the end could not be written down, so the next run will look after it: ${error.message}`);
    });
}

// EXTERNAL MODULE: ./packages/shared/src/text/sanitise.ts
var sanitise = __nccwpck_require__(245);
;// CONCATENATED MODULE: ./packages/shared/src/report/progress.ts


/** `⟳ waiting for healthy targets, 1 of 3 · 00:42 of 10:00 · next look in 2 s` */
function progressLine({ what, since, until, nextLook }, now) {
    const next = nextLook === undefined ? "" : ` · next look in ${(0,units/* formatDuration */.a3)(nextLook)}`;
    return `⟳ waiting for ${(0,sanitise/* plain */.pj)(what)} · ${(0,units/* formatTimer */.fE)(now - since)} of ${(0,units/* formatTimer */.fE)(until - since)}${next}`;
}
/** A line that says the same thing again is worth showing only so often. */
const repeatAfter = 30;
/**
 * Leaves out progress lines that say nothing new: a wait of ten minutes with a look every two seconds would bury everything else.
 *
 * @returns the line to show, or undefined where the same was shown less than half a minute ago
 */
function progressTeller() {
    let last;
    return (waiting, now) => {
        if (last !== undefined && last.what === waiting.what && now - last.at < repeatAfter)
            return undefined;
        last = { what: waiting.what, at: now };
        return progressLine(waiting, now);
    };
}

;// CONCATENATED MODULE: ./packages/rollout/src/narrator.ts

const titles = {
    migrate: "Migrate the database",
    scale: "Scale the new colour",
    "await-healthy": "Wait until every new target is healthy",
    test: "Test before users see it",
    shift: "Switch traffic",
    watch: "Watch",
    finalize: "Clean up",
    "rolling-back": "Roll back",
};
const phaseTitle = (phase) => titles[phase];
/** Tells the journal what goes on, a group for each phase, and keeps the phases for the report. */
function journalNarrator(journal, clock) {
    const entries = [];
    let open = false;
    let tell = progressTeller();
    const close = () => {
        if (open)
            journal.endGroup();
        open = false;
    };
    return {
        entries,
        close,
        phase: (progress, because) => {
            close();
            journal.startGroup(titles[progress.phase]);
            open = true;
            tell = progressTeller();
            journal.say(`${progress.phase === "rolling-back" ? "↩" : "→"} ${because}`);
            entries.push({ phase: progress.phase, from: clock.now(), because });
        },
        step: (text) => journal.say(`• ${text}`),
        waiting: (what, detail, since, until, poll) => {
            const line = tell({ what, since, until, nextLook: poll }, clock.now());
            if (line !== undefined)
                journal.say(detail === undefined ? line : `${line}\n    ${detail}`);
        },
        trouble: (text) => journal.say(`! ${text}`),
    };
}

// EXTERNAL MODULE: ./actions/blue-green-deploy/src/freeze.ts
var freeze = __nccwpck_require__(3831);
// EXTERNAL MODULE: ./packages/rollout/src/record/store.ts
var store = __nccwpck_require__(5482);
;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/lease.ts



/** The lease of this very run: two jobs of one workflow run, and two runs of one job, are strangers to each other. */
const leaseOf = ({ context, environment }, now, purpose = "deploy") => ({
    owner: [
        context.runId || "local",
        context.runAttempt,
        context.job || "job",
        environment["GITHUB_ACTION"] ?? "",
        crypto.randomUUID().slice(0, 8),
    ].join("-"),
    holder: context.runUrl ?? "a local run",
    since: now,
    until: now + store/* leaseSeconds */.E,
    purpose,
});
const heldBy = (lease, now) => new src_problems/* Trouble */.qm((0,src_problems/* problem */.CC)("deployment", `Another run works on this environment: ${lease.holder}, since ${new Date(lease.since * 1000).toISOString()} (${(0,units/* formatDuration */.a3)(now - lease.since)} ago). Nothing was changed.`, `Wait for it. If it is dead, its lease ends by itself at ${new Date(lease.until * 1000).toISOString()}, and the next run goes on from there. To put users back now: the action emergency-rollback.`));

// EXTERNAL MODULE: ./packages/rollout/src/definition.ts
var src_definition = __nccwpck_require__(3196);
;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/plan.ts


/** The parts of a plan that the inputs alone decide. */
const watchPlan = ({ given, }) => ({
    thresholds: {
        maxErrorRate: given["max-error-rate"],
        maxResponseTime: given["max-response-time"],
        statistic: given["response-time-statistic"],
        breachDuration: given["breach-duration"],
        maxConsecutiveHealthFailures: given["max-consecutive-health-failures"],
        minDatabaseSuccessRate: given["min-database-success-rate"],
        minimumRequests: given["minimum-requests"],
    },
    onInconclusive: given["on-inconclusive"],
    keepPrevious: given["keep-previous"],
    timeout: given.timeout,
    migrationTimeout: given["migration-timeout"],
});
/** What the rollout is asked to do. */
const planOf = (config, prepared, revision, deployment) => ({
    ...watchPlan(config),
    deployment,
    goal: "deploy",
    from: prepared.active,
    to: prepared.target,
    revision,
    count: config.given["desired-count"],
    steps: config.steps,
    migration: config.given["migration-command"] !== undefined,
    test: testRouteOf(config, prepared.environment) !== undefined,
    watch: config.given["rollback-window"],
    urgent: false,
});
/** What the rollout's ports are built from. */
function orderOf(config, plan, environment, record, narrator, about) {
    const { given } = config;
    const route = testRouteOf(config, environment);
    const command = given["migration-command"];
    const container = given["migration-container"] ?? about.container;
    return {
        plan,
        record,
        narrator,
        application: given.application,
        environmentName: given.environment,
        healthChecks: given["health-checks"],
        healthInterval: given["health-check-interval"],
        alarms: given.alarms,
        databaseMetric: given["database-metric"],
        migration: command === undefined || container === undefined ? undefined : { container, command },
        test: route === undefined ? undefined : { route, checks: given["test-checks"] },
        image: about.image,
        version: requestedTag(config),
    };
}
/** The container that migrates: the only one, or the first that gets a new image. */
const migrationContainer = (prepared) => [...prepared.images.keys()][0] ?? (0,src_definition/* containersOf */.Mz)(prepared.after)[0]?.name;
function testRouteOf({ given }, environment) {
    if (given["test-listener-arn"] !== undefined)
        return { kind: "listener", listener: given["test-listener-arn"] };
    const listener = environment.routes[0]?.listener;
    if (given["test-header"] === undefined || listener === undefined || (0,src_traffic/* groupsOf */.c1)(environment.routes, "blue").length === 0)
        return undefined;
    return { kind: "header", listener, name: given["test-header"][0], value: given["test-header"][1] };
}
/** `v2` of `…/shop:v2`; the digest that runs says nothing to people. */
function requestedTag({ changes }) {
    const image = changes.image ?? [...changes.images.values()][0] ?? "";
    return /:([\w.-]+)(?:@|$)/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1] ?? "";
}

;// CONCATENATED MODULE: ./packages/rollout/src/by-hand.ts
/** The AWS CLI line that gives all of a route's traffic to one colour: for people, with GitHub down too. */
function byHand(route, colour, region) {
    const config = JSON.stringify([
        { Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn: route.groups[colour], Weight: 100 }] } },
    ]);
    return route.kind === "listener"
        ? `aws elbv2 modify-listener --region ${region} --listener-arn ${route.id} --default-actions '${config}'`
        : `aws elbv2 modify-rule --region ${region} --rule-arn ${route.id} --actions '${config}'`;
}

;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/prepare.ts





/**
 * Looks at everything that the deployment needs, and changes nothing.
 *
 * @throws Trouble with all problems together
 */
async function prepare(config, tools) {
    const environment = await tools.locate();
    const active = activeColour(environment, tools.region);
    const target = (0,colours/* other */.F)(active);
    const running = await tools.readDefinition(environment.services[active].revision);
    const base = config.given["task-definition"] === undefined ? running : await tools.readDefinition(config.given["task-definition"]);
    const wanted = wantedImages(config.changes, base.body);
    const images = await resolveAll(wanted, base.body, config, tools);
    const after = (0,src_definition/* changed */.tD)(base.body, { images, environment: config.changes.environment, secrets: config.changes.secrets });
    return {
        environment,
        active,
        target,
        before: running,
        after,
        differences: (0,src_definition/* differences */.tX)(running.body, after),
        unchanged: (0,src_definition/* sameDefinition */.uD)(running.body, after),
        images,
    };
}
/** @throws Trouble when users are not on one colour alone, with the commands that put them there */
function activeColour(environment, region) {
    const traffic = (0,src_traffic/* trafficOn */.tV)(environment.routes);
    if (traffic === "blue" || traffic === "green")
        return traffic;
    const shown = environment.routes.map((route) => `${route.kind} ${route.id}: blue ${route.weights.blue ?? "-"}, green ${route.weights.green ?? "-"}`);
    throw new src_problems/* Trouble */.qm((0,src_problems/* problem */.CC)("deployment", `Traffic is ${traffic === "split" ? "split between the colours" : "on neither colour"}, so nobody can say which one is active.\n${shown.join("\n")}`, `Finish or undo what was begun: mode: resume. Or put users on one colour by hand, for example on blue:\n${environment.routes.map((route) => byHand(route, "blue", region)).join("\n")}`));
}
/** The image of each container that shall get a new one. */
function wantedImages(changes, definition) {
    const containers = (0,src_definition/* containersOf */.Mz)(definition).map((one) => one.name);
    const problems = [
        ...changes.images.keys(),
        ...changes.environment.map((one) => one.container),
        ...changes.secrets.map((one) => one.container),
    ]
        .filter((name) => !containers.includes(name))
        .map((name) => (0,src_problems/* problem */.CC)("input", `There is no container "${name}" in the task definition; it has ${containers.join(", ")}.`));
    if (problems.length > 0)
        throw new src_problems/* Trouble */.qm(problems);
    if (changes.image === undefined)
        return changes.images;
    const name = changes.containerName ?? (containers.length === 1 ? containers[0] : undefined);
    if (name === undefined) {
        throw new src_problems/* Trouble */.qm((0,src_problems/* problem */.CC)("input", `image: the task definition has ${containers.length} containers (${containers.join(", ")}), so container-name must say which one it is for.`, `container-name: ${containers[0]}`));
    }
    if (!containers.includes(name))
        throw new src_problems/* Trouble */.qm((0,src_problems/* problem */.CC)("input", `container-name: there is no container "${name}" in the task definition; it has ${containers.join(", ")}.`));
    return new Map([[name, changes.image]]);
}
async function resolveAll(wanted, definition, config, tools) {
    const problems = [];
    const resolved = await Promise.all([...wanted].map(async ([container, image]) => {
        problems.push(...registryProblems(image, config.given["allowed-registries"]));
        try {
            const found = await tools.resolveImage(image);
            problems.push(...platformProblems(image, found.platforms, definition));
            return [container, found.image];
        }
        catch (error) {
            problems.push(...(0,src_problems/* problemsOf */.GW)(error));
            return [container, image];
        }
    }));
    if (problems.length > 0)
        throw new src_problems/* Trouble */.qm(problems);
    return new Map(resolved);
}
/** An image is allowed when its name begins with an allowed registry and a slash; `*` stands for any part of a name. */
function registryProblems(image, allowed) {
    if (allowed.length === 0)
        return [];
    const matches = allowed.some((registry) => {
        const pattern = registry.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[^/]*");
        return new RegExp(`^${pattern.replace(/\/$/, "")}/`).test(image);
    });
    return matches
        ? []
        : [(0,src_problems/* problem */.CC)("input", `The image ${image} comes from a registry that allowed-registries does not list (${allowed.join(", ")}).`)];
}
function platformProblems(image, platforms, definition) {
    const runtime = definition["runtimePlatform"];
    const architecture = runtime?.["cpuArchitecture"] === "ARM64" ? "arm64" : "amd64";
    if (platforms === undefined || platforms.some((platform) => platform.endsWith(`/${architecture}`)))
        return [];
    return [
        (0,src_problems/* problem */.CC)("deployment", `The image ${image} is for ${platforms.join(", ")}, and the task definition asks for ${architecture}: its tasks would stop with "exec format error".`, `docker build --platform linux/${architecture} …, or set runtimePlatform.cpuArchitecture in the task definition.`),
    ];
}

// EXTERNAL MODULE: ./packages/rollout/src/aws/logs.ts
var logs = __nccwpck_require__(2600);
;// CONCATENATED MODULE: ./packages/rollout/src/story.ts





/** Seconds from the first call that moved users to the confirmation; undefined where nothing was moved. */
const switchSeconds = ({ progress }) => progress.switchedAt === undefined || progress.confirmedAt === undefined ? undefined : progress.confirmedAt - progress.switchedAt;
/** The tasks that stopped when nobody wanted it, with their reasons. */
const failedTasks = (ending, plan) => (0,await_healthy/* crashes */.sB)((ending.seen?.tasks ?? []).filter((task) => task.revision === plan.revision), ending.progress.started);
/** Tells a rollout for people. */
function storyOf(parts) {
    const { plan, ending, collected } = parts;
    const routes = ending.seen?.routes ?? parts.routes;
    const on = (0,src_traffic/* trafficOn */.tV)(routes);
    const from = (0,colours/* other */.F)(plan.to);
    const outcome = ending.outcome;
    const previous = { colour: from, revision: (0,await_healthy/* short */.h0)(parts.previousRevision) };
    const safe = ending.outcome === "succeeded" || plan.goal === "return" ? plan.to : from;
    return {
        ...parts.about,
        kind: plan.goal === "deploy" ? "deployment" : "rollback",
        deploymentId: plan.deployment,
        outcome,
        verdict: verdictOf(parts),
        whatUsersSeeNow: whatUsersSee(parts, on),
        whatToDoNext: whatNext(parts),
        byHand: routes.map((route) => byHand(route, plan.goal === "deploy" ? from : safe, parts.region)),
        next: { colour: plan.to, revision: (0,await_healthy/* short */.h0)(plan.revision), image: parts.image },
        previous,
        trafficOn: on,
        began: ending.progress.started,
        ended: parts.ended,
        switchSeconds: switchSeconds(ending),
        rollbackSeconds: rollbackSeconds(ending),
        phases: phasesOf(parts),
        traffic: { blue: pointsOf(parts, "blue"), green: pointsOf(parts, "green") },
        probes: probesOf(collected),
        evidence: evidenceOf(collected),
        events: (ending.seen?.services[plan.to].events ?? [])
            .filter((event) => event.at >= ending.progress.started)
            .slice(0, 15)
            .map((event) => ({ at: event.at, text: event.message })),
        stops: failedTasks(ending, plan).map(stopOf),
        logs: parts.logs,
        changes: parts.changes,
        notes: [
            ...parts.notes,
            ...(plan.migration && ending.outcome !== "succeeded"
                ? ["A rollback does not undo the database migration: the old version runs on the migrated schema."]
                : []),
        ],
    };
}
/** From the verdict to the confirmed weights. */
const rollbackSeconds = ({ progress }) => progress.rollbackSince === undefined || progress.switchedAt === undefined || progress.backAt === undefined
    ? undefined
    : progress.backAt - progress.rollbackSince;
function verdictOf({ ending, plan }) {
    const took = (0,units/* formatDuration */.a3)(Math.max(0, (ending.seen?.at ?? ending.progress.since) - ending.progress.started));
    switch (ending.outcome) {
        case "succeeded":
            return `${ending.because} (${took}).`;
        case "rolled-back":
            return `${(0,await_healthy/* short */.h0)(plan.revision)} was rolled back: ${ending.because}.`;
        case "rollback-failed":
            return `The rollback did not succeed: ${ending.because}.`;
        case "failed":
            return ending.progress.switchedAt === undefined
                ? `${(0,await_healthy/* short */.h0)(plan.revision)} never got users: ${ending.because}.`
                : `The deployment failed: ${ending.because}.`;
        case "inconclusive":
        case "cancelled":
            return `${ending.because}.`;
        default:
            return unknownOutcome(ending.outcome);
    }
}
function whatUsersSee({ plan, previousRevision, ending }, on) {
    const revisionOn = (colour) => (0,await_healthy/* short */.h0)(colour === plan.to ? plan.revision : previousRevision);
    switch (on) {
        case "blue":
        case "green": {
            const asBefore = on !== plan.to && ending.outcome !== "succeeded" ? ", as before" : "";
            return `Users are on ${on} (${revisionOn(on)})${asBefore}.`;
        }
        case "split":
            return "Users are split between blue and green.";
        case "unknown":
            return "The load balancer does not say where users are.";
        default:
            return unknownOutcome(on);
    }
}
function whatNext({ plan, ending, about }) {
    const deploy = `application: ${about.application}, environment: ${about.environment}`;
    switch (ending.outcome) {
        case "succeeded":
            return plan.keepPrevious > 0
                ? ["Nothing. The previous colour stays scaled for a while; mode: resume, the guard or the next run ends that."]
                : ["Nothing."];
        case "rolled-back":
        case "failed":
            return ending.problems
                .flatMap((one) => (one.mend === undefined ? [] : [one.mend]))
                .concat([
                `Mend the version and deploy it again. ${ending.progress.switchedAt === undefined ? "Users were never on it." : "Users are back on the version before."}`,
            ]);
        case "cancelled":
            return [`Deploy again, or end what is left with mode: resume (${deploy}).`];
        case "inconclusive":
            return [
                "Look at the metrics and health checks below: nothing could be measured, so nothing was proved.",
                `To end a held deployment: mode: resume, or the action emergency-rollback (${deploy}).`,
            ];
        case "rollback-failed":
            return ["Act now: put users on a healthy colour with the lines below.", `Then: mode: status (${deploy}).`];
        default:
            return unknownOutcome(ending.outcome);
    }
}
function phasesOf({ entries, ended, ending }) {
    return entries.map((entry, index) => {
        const next = entries[index + 1];
        const last = next === undefined;
        const bad = last ? !["succeeded", "rolled-back"].includes(ending.outcome) : next.phase === "rolling-back";
        return {
            name: entry.phase,
            from: entry.from,
            to: next?.from ?? ended,
            result: bad ? "failed" : "done",
            note: next?.because ?? ending.because,
        };
    });
}
function pointsOf({ collected, plan }, colour) {
    const side = colour === plan.to ? collected.metrics?.groups.next : collected.metrics?.groups.previous;
    const byStart = new Map();
    for (const minute of (side ?? []).flatMap((group) => group.minutes))
        byStart.set(minute.start, [...(byStart.get(minute.start) ?? []), minute]);
    return [...byStart]
        .sort(([a], [b]) => a - b)
        .map(([start, minutes]) => {
        const known = minutes.flatMap((minute) => (minute.requests === undefined ? [] : [minute.requests]));
        const times = minutes.flatMap((minute) => (minute.responseTime === undefined ? [] : [minute.responseTime]));
        return {
            at: start,
            length: 60,
            requests: known.length === 0 ? undefined : sum(known),
            errors: known.length === 0 ? undefined : sum(minutes.map((minute) => minute.targetErrors + minute.connectionErrors)),
            responseTime: times.length === 0 ? undefined : Math.max(...times),
            weight: undefined,
        };
    });
}
const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
function probesOf({ probes }) {
    const names = [...new Set(probes.map((probe) => probe.check))];
    return names.map((check) => ({
        check,
        points: probes.filter((probe) => probe.check === check).map((probe) => ({ at: probe.time, ok: probe.ok, latency: probe.latency })),
    }));
}
const evidenceOf = ({ judgement }) => judgement === undefined
    ? []
    : [judgement.evidence, ...judgement.findings.map((finding) => finding.says).filter((says) => !judgement.evidence.includes(says))].slice(0, 12);
const stopOf = (task) => ({
    task: task.id,
    revision: (0,await_healthy/* short */.h0)(task.revision),
    at: task.stoppedAt,
    reason: (0,await_healthy/* whyStopped */.kE)(task),
    exitCode: task.containers.find((one) => one.exitCode !== undefined)?.exitCode,
});
function unknownOutcome(outcome) {
    throw new Error(`unhandled ${String(outcome)}`);
}

// EXTERNAL MODULE: ./packages/shared/src/report/summary.ts + 2 modules
var summary = __nccwpck_require__(393);
;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/result.ts





/** `changed: app: image → …@sha256:…`. */
const differenceLine = ({ where, change, to }) => `${change}: ${where}${to === undefined ? "" : ` → ${to}`}`;
/** Log lines of the tasks that failed: the reason is mostly there. */
async function tails({ plan, ending, definition }, tools) {
    const tasks = failedTasks(ending, plan).slice(-2);
    const wanted = tasks.flatMap((task) => (0,logs/* logPlaces */.Z8)(definition).map((place) => ({ place, task: task.id })));
    const found = await Promise.all(wanted.slice(0, 4).map(async ({ place, task }) => ({
        source: `${place.group}, ${place.prefix}/${place.container}/${task}`,
        lines: await tools.logTail(place, task),
    })));
    return found.filter((tail) => tail.lines.length > 0);
}
/** The story, the summary, the report and the outputs of a rollout that ran. */
async function resultOf(ended, config, tools, base) {
    const { plan, ending } = ended;
    const { context, journal, clock } = base;
    const logs = ending.outcome === "succeeded" ? [] : await tails(ended, tools);
    const story = storyOf({
        plan,
        ending,
        entries: ended.phases,
        collected: ended.collected,
        routes: ended.routes,
        previousRevision: ended.previousRevision,
        image: ended.image,
        changes: ended.changes,
        logs,
        notes: [],
        region: tools.region,
        ended: clock.now(),
        about: {
            application: config.given.application,
            environment: config.given.environment,
            contacts: config.given.contacts,
            commit: context.commit,
            actor: context.actor,
            runUrl: context.runUrl,
        },
    });
    tell(story, base);
    const reportPath = await tools.writeReport(story, journal.path);
    const mend = story.whatToDoNext[0];
    return {
        outcome: ending.outcome,
        ok: ending.outcome === "succeeded",
        reason: story.verdict,
        ...(ending.outcome === "succeeded" || mend === undefined ? {} : { mend: `${story.whatUsersSeeNow}\n${mend}` }),
        outputs: outputsOf(ended, story),
        summary: (0,summary/* summaryMarkdown */.eH)(story),
        ...(reportPath === undefined ? {} : { reportPath }),
        news: newsOf(story),
    };
}
/** The end of the log: what happened, what users see, what to do. */
function tell(story, { journal }) {
    const good = story.outcome === "succeeded";
    journal.say(`${good ? "✔" : "✖"} ${story.application}/${story.environment}: ${story.verdict}`);
    for (const stop of story.stops.slice(-2))
        journal.say(`  ${stop.reason}`);
    for (const tail of story.logs)
        journal.say([`  ${tail.source}:`, ...tail.lines.map((line) => `    ${line}`)].join("\n"));
    journal.say(`  ${story.whatUsersSeeNow}`);
    if (!good)
        for (const next of story.whatToDoNext)
            journal.say(`  ${next}`);
}
function outputsOf({ plan, ending, image }, story) {
    const seconds = (value) => (value === undefined ? "" : value.toFixed(1));
    const on = story.trafficOn;
    return {
        "traffic-on": on,
        "deployment-id": plan.deployment,
        "active-colour": on === "blue" || on === "green" ? on : "",
        "previous-colour": on === "blue" || on === "green" ? (0,colours/* other */.F)(on) : "",
        "task-definition-arn": plan.revision,
        image,
        "switch-seconds": seconds(story.switchSeconds),
        "rollback-seconds": seconds(story.rollbackSeconds),
        status: JSON.stringify({ outcome: ending.outcome, trafficOn: on, services: ending.seen?.services, routes: ending.seen?.routes }),
    };
}
function newsOf(story) {
    const event = story.outcome === "succeeded" ? "success" : story.outcome === "rolled-back" ? "rollback" : "failure";
    return {
        event,
        title: `${story.application}/${story.environment}: ${story.outcome}`,
        facts: [
            ["Users", story.whatUsersSeeNow],
            ["What happened", story.verdict],
            ["Next", story.whatToDoNext[0] ?? ""],
            ["Version", story.next?.revision ?? ""],
            ["Run", story.runUrl ?? ""],
        ],
    };
}
/** Nothing differs from what runs: no revision, no switch. */
function unchangedResult({ environment, active, before }) {
    return {
        outcome: "unchanged",
        ok: true,
        reason: `${before.arn.split("/").at(-1)} already runs on ${active} with exactly this definition; nothing was changed.`,
        outputs: {
            "traffic-on": (0,src_traffic/* trafficOn */.tV)(environment.routes),
            "active-colour": active,
            "previous-colour": (0,colours/* other */.F)(active),
            "task-definition-arn": before.arn,
        },
    };
}

;// CONCATENATED MODULE: ./packages/rollout/src/resume.ts


/**
 * Decides how to end what a lost run left. Users first: a version that has not proved itself goes back, one that has all traffic is watched
 * to the end of its window, and one that was proved is cleaned up after.
 *
 * @param saved the record; AWS is the truth, so a record that does not fit what the listeners say gives way
 */
function resumption(saved, environment, now) {
    const { progress } = saved;
    const on = (0,src_traffic/* trafficOn */.tV)(environment.routes);
    const back = (because) => ({
        how: "roll-back",
        because,
        progress: {
            ...progress,
            phase: "rolling-back",
            since: now,
            rollbackReason: progress.rollbackReason ?? because,
            rollbackSince: now,
            rollbackAs: progress.rollbackAs ?? "cancelled",
        },
    });
    if (saved.goal === "return")
        return { how: "go-on", because: "the way back is carried on", progress: { ...progress, since: now } };
    switch (progress.phase) {
        case "rolling-back":
            return back("the rollback was not finished");
        case "finalize":
            if (on === saved.to)
                return {
                    how: "go-on",
                    because: "the new version had proved itself: the clean-up is carried on",
                    progress: { ...progress, since: now, started: now },
                };
            return back("the run was lost, and traffic is not on the new version alone");
        case "watch":
            if (on === saved.to)
                return {
                    how: "go-on",
                    because: "the new version has all traffic: it is watched to the end of its window",
                    progress: { ...progress, started: now },
                };
            return back("the run was lost during the watch, and traffic is not on the new version alone");
        case "shift":
            return back("the run was lost while traffic was being moved");
        case "migrate":
        case "scale":
        case "await-healthy":
        case "test":
            return back("the run was lost before users saw the new version");
        default:
            return resume_unknownPhase(progress.phase);
    }
}
/** The plan of a lost rollout, as far as the record and the inputs of whoever goes on tell it. */
const resumedPlan = (saved, rest) => ({
    ...rest,
    deployment: saved.deployment,
    goal: saved.goal,
    from: (0,colours/* other */.F)(saved.to),
    to: saved.to,
    revision: saved.revision,
    watch: saved.watch,
    count: saved.progress.count,
    steps: [{ percent: 100, bake: 0 }],
    migration: false,
    test: false,
    urgent: saved.goal === "return",
});
function resume_unknownPhase(phase) {
    throw new Error(`unhandled phase ${String(phase)}`);
}

;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/resume.ts






/** Ends what a lost run left: finishes it where the new version may stay, undoes it where it may not. */
async function finishUnfinished(saved, environment, session, tools, base, config) {
    const { clock, journal } = base;
    const { progress, because } = resumption(saved, environment, clock.now());
    journal.say(because);
    const plan = resumedPlan(saved, { ...watchPlan(config), keepPrevious: 0 });
    const narrator = journalNarrator(journal, clock);
    const resumed = { ...saved, progress };
    await session.begin(resumed);
    const ports = tools.ports(environment, orderOf(config, plan, environment, session, narrator, { image: saved.image, container: undefined }));
    const ending = await conduct(resumed, plan, session, ports, clock, { cancelled: base.cancelled, onCancel: config.given["on-cancel"] });
    narrator.close();
    const definition = (await tools.readDefinition(saved.revision).catch(() => undefined))?.body ?? {};
    const { previousRevision, image } = saved;
    return {
        plan,
        ending,
        phases: narrator.entries,
        collected: ports.collected(),
        routes: environment.routes,
        definition,
        previousRevision,
        image,
        changes: [],
    };
}
/** `mode: resume`: for the next job, the scheduled guard, or a person. Nothing to finish is a success. */
async function resume(config, tools, base) {
    const { clock, journal } = base;
    const environment = await journal.group("Look for an unfinished deployment", async () => await tools.locate());
    const store = await tools.store(environment);
    const { lease, saved } = await store.read();
    const kept = saved?.keepUntil !== undefined && saved.keepUntil <= clock.now();
    if (saved === undefined || (saved.outcome !== undefined && !kept && saved.outcome !== "inconclusive")) {
        return { outcome: "unchanged", ok: true, reason: "There is no unfinished deployment." };
    }
    if (lease !== undefined && lease.until > clock.now()) {
        journal.say(`${lease.holder} still works on it (lease until ${new Date(lease.until * 1000).toISOString()})`);
        return { outcome: "unchanged", ok: true, reason: `Deployment ${saved.deployment} is still being carried out by ${lease.holder}.` };
    }
    const taken = await store.take(leaseOf(base, clock.now()), "nobody");
    if (!taken.taken)
        throw heldBy(taken.by, clock.now());
    const again = taken.before ?? saved;
    const unfinished = again.outcome === undefined
        ? again
        : { ...again, outcome: undefined, keepUntil: undefined, progress: { ...again.progress, phase: "finalize" } };
    const ended = await finishUnfinished(unfinished, environment, taken.session, tools, base, config);
    const result = await resultOf(ended, config, tools, base);
    // What was asked for is that the deployment is ended: users are on a version that proved itself.
    return { ...result, ok: result.ok || ["rolled-back", "cancelled"].includes(result.outcome) };
}

;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/deploy.ts









/** Brings the new version to users, or leaves them where they are, and says which. */
async function deploy(config, tools, base) {
    const { journal, clock, cancelled } = base;
    refuseWhenFrozen(config, clock.now(), base);
    const first = await journal.group("Check before anything changes", async () => await checked(config, tools, base));
    const store = await tools.store(first.environment);
    const taken = await store.take(leaseOf(base, clock.now()), "nobody");
    if (!taken.taken)
        throw heldBy(taken.by, clock.now());
    if (store.exactness === "advisory")
        journal.say("The lease is a tag of the service: advisory. With state-bucket it would be exact.");
    try {
        const prepared = await afterUnfinished(first, taken.before, taken.session, config, tools, base);
        if (prepared.unchanged && !config.given.force) {
            await taken.session.release();
            return unchangedResult(prepared);
        }
        return await deploy_carryOut(prepared, taken.session, config, tools, base);
    }
    catch (error) {
        if (!cancelled.aborted)
            await taken.session.release().catch(() => undefined);
        throw error;
    }
}
async function deploy_carryOut(prepared, session, config, tools, base) {
    const { journal, clock, context, cancelled } = base;
    const revision = await journal.group("Register the task definition", async () => {
        const { arn, created } = await tools.register(prepared.after);
        journal.say(created ? `registered ${arn}` : `${arn} is the same already: no new revision`);
        for (const one of prepared.differences)
            journal.say(`  ${differenceLine(one)}`);
        return arn;
    });
    const plan = planOf(config, prepared, revision, deploymentId(base));
    const progress = beginning(plan, prepared.environment.services[prepared.active].running, clock.now());
    const image = [...prepared.images.values()].join(" ");
    const saved = recordOf(plan, progress, { previousRevision: prepared.before.arn, image, commit: context.commit });
    await session.begin(saved);
    const narrator = journalNarrator(journal, clock);
    const order = orderOf(config, plan, prepared.environment, session, narrator, { image, container: migrationContainer(prepared) });
    const ports = tools.ports(prepared.environment, order);
    const ending = await conduct(saved, plan, session, ports, clock, { cancelled, onCancel: config.given["on-cancel"] });
    narrator.close();
    const { before, after, differences: changes, environment } = prepared;
    const told = {
        plan,
        ending,
        phases: narrator.entries,
        collected: ports.collected(),
        routes: environment.routes,
        definition: after,
        previousRevision: before.arn,
        image,
        changes,
    };
    return await resultOf(told, config, tools, base);
}
async function checked(config, tools, base) {
    const prepared = await prepare(config, tools);
    const findings = await tools.preflight(prepared, config);
    for (const line of findings.notes)
        base.journal.say(line);
    const blocking = [...findings.problems, ...(config.given.force ? [] : findings.warnings)];
    if (blocking.length > 0)
        throw new src_problems/* Trouble */.qm(blocking);
    for (const warning of findings.warnings)
        base.journal.annotate("warning", `${warning.what} (going on: force)`);
    base.journal.say(`users are on ${prepared.active}; ${prepared.target} will get the new version`);
    return prepared;
}
/** What a lost run left is finished or undone first; then everything is looked at again. */
async function afterUnfinished(first, before, session, config, tools, base) {
    if (before === undefined || before.outcome !== undefined)
        return first;
    base.journal.say(`deployment ${before.deployment} was never finished (phase ${before.progress.phase}): that comes first`);
    await finishUnfinished(before, first.environment, session, tools, base, config);
    return await prepare(config, tools);
}
function refuseWhenFrozen(config, now, base) {
    const window = (0,freeze/* frozenBy */.i)(config.given["freeze-windows"] ?? [], now);
    if (window === undefined)
        return;
    const what = `Deployments are frozen now: ${window.text}.`;
    if (!config.given.force)
        throw new src_problems/* Trouble */.qm((0,src_problems/* problem */.CC)("deployment", what, "Wait until the window ends, or deploy in spite of it with force: true"));
    base.journal.annotate("warning", `${what} Going on: force.`);
}
const deploymentId = ({ context, clock }) => {
    const stamp = new Date(clock.now() * 1000).toISOString().slice(0, 19).replace(/[-:T]/g, "");
    return `d-${stamp}-${context.runId === "" ? Math.floor(Math.random() * 1e6) : `${context.runId}-${context.runAttempt}`}`;
};

;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/plan-only.ts






/** `mode: plan`: what a deployment would do, with every problem it would meet. Changes nothing. */
async function planOnly(config, tools, base) {
    const { journal, clock } = base;
    const prepared = await journal.group("Look at what would change", async () => await prepare(config, tools));
    const findings = await tools.preflight(prepared, config);
    if (findings.problems.length > 0)
        throw new src_problems/* Trouble */.qm(findings.problems);
    const lines = planLines(config, prepared, findings, (0,freeze/* frozenBy */.i)(config.given["freeze-windows"] ?? [], clock.now())?.text);
    for (const line of lines)
        journal.say(line);
    const summary = [`## Plan for ${config.given.application}/${config.given.environment}`, "", (0,sanitise/* asCodeBlock */.BU)(lines.join("\n"))].join("\n");
    await tools.comment(summary, base);
    return {
        outcome: "planned",
        ok: true,
        reason: lines[0] ?? "",
        summary,
        outputs: {
            "traffic-on": prepared.active,
            "active-colour": prepared.active,
            "previous-colour": prepared.target,
            image: [...prepared.images.values()].join(" "),
        },
    };
}
function planLines(config, prepared, findings, frozen) {
    const { active, target, environment, unchanged, differences } = prepared;
    const { given } = config;
    if (unchanged && !given.force)
        return [`Nothing would change: ${active} already runs exactly this.`];
    const steps = config.steps
        .map((step) => (step.bake > 0 ? `${step.percent} % for ${(0,units/* formatDuration */.a3)(step.bake)}` : `${step.percent} %`))
        .join(", then ");
    return [
        `The new version would go to ${target}; users are on ${active}.`,
        unchanged ? "The task definition would not change." : "A new revision of the task definition:",
        ...differences.map((one) => `  ${differenceLine(one)}`),
        ...(given["migration-command"] === undefined
            ? []
            : ["The database migration would run before users see anything; a rollback does not undo it."]),
        `${target} would be scaled to ${given["desired-count"] ?? environment.services[active].running} tasks.`,
        `Traffic: ${steps}.`,
        `Then ${(0,units/* formatDuration */.a3)(given["rollback-window"])} of watching; ${given["keep-previous"] > 0 ? `${active} stays scaled for ${(0,units/* formatDuration */.a3)(given["keep-previous"])}` : `${active} is drained and scaled down`}.`,
        ...(frozen === undefined ? [] : [`Now it would be refused: frozen (${frozen}).`]),
        ...findings.warnings.map((warning) => `It would need force: ${warning.what}`),
        ...findings.notes,
    ];
}

;// CONCATENATED MODULE: ./packages/rollout/src/status.ts





/** Looks at everything that says where users are. Reads only. */
async function lookAround(tools) {
    const environment = await tools.locate();
    const store = await tools.store(environment);
    const [{ lease, saved }, history, blue, green] = await Promise.all([
        store.read(),
        store.history(10),
        colourSeen(tools, environment, "blue"),
        colourSeen(tools, environment, "green"),
    ]);
    return {
        trafficOn: (0,src_traffic/* trafficOn */.tV)(environment.routes),
        routes: environment.routes.map((route) => route.id),
        colours: { blue, green },
        lease: lease !== undefined && lease.until > tools.clock.now() ? lease : undefined,
        last: saved,
        history: history.map(({ deployment, goal, to, revision, outcome, endedAt, commit }) => ({
            deployment,
            goal,
            to,
            revision,
            outcome,
            endedAt,
            commit,
        })),
    };
}
async function colourSeen(tools, environment, colour) {
    const service = environment.services[colour];
    const [definition, targets] = await Promise.all([
        tools.readDefinition(service.revision).catch(() => undefined),
        environment.traffic.health((0,src_traffic/* groupsOf */.c1)(environment.routes, colour)),
    ]);
    const counts = new Map();
    for (const target of targets)
        counts.set(target.state, (counts.get(target.state) ?? 0) + 1);
    return {
        service: service.name,
        revision: service.revision,
        images: definition === undefined ? [] : (0,src_definition/* containersOf */.Mz)(definition.body).map((one) => one.image),
        desired: service.desired,
        running: service.running,
        pending: service.pending,
        shares: environment.routes.map((route) => (0,src_traffic/* share */.uM)(route, colour)),
        targets: Object.fromEntries(counts),
    };
}
/** The status for people; the first line says where users are. */
function statusLines(seen, now) {
    const users = seen.trafficOn === "blue" || seen.trafficOn === "green"
        ? `Users are on ${seen.trafficOn} (${(0,await_healthy/* short */.h0)(seen.colours[seen.trafficOn].revision)}).`
        : `Traffic is ${seen.trafficOn}.`;
    return [
        users,
        ...colours/* colours */.M8.map((colour) => colourLine(colour, seen.colours[colour])),
        ...(seen.lease === undefined ? [] : [leaseLine(seen.lease, now)]),
        lastLine(seen, now),
    ];
}
function colourLine(colour, seen) {
    const targets = Object.entries(seen.targets)
        .map(([state, count]) => `${count} ${state}`)
        .join(", ");
    const shares = seen.shares.map((part) => (part === undefined ? "?" : `${Math.round(part)} %`)).join(", ");
    return `${colour}: ${shares} of traffic · ${(0,await_healthy/* short */.h0)(seen.revision)} · ${seen.running} of ${seen.desired} tasks run${seen.pending > 0 ? `, ${seen.pending} are starting` : ""} · targets: ${targets || "none"} · ${seen.images.join(", ")}`;
}
const leaseLine = (lease, now) => `A ${lease.purpose === "rollback" ? "rollback" : "deployment"} is under way since ${(0,units/* formatDuration */.a3)(now - lease.since)}: ${lease.holder}.`;
function lastLine({ last, lease }, now) {
    if (last === undefined)
        return "No deployment has been recorded yet.";
    const what = `${last.deployment} (${(0,await_healthy/* short */.h0)(last.revision)} to ${last.to})`;
    if (last.outcome === undefined && lease !== undefined)
        return `Running: ${what}, phase ${last.progress.phase}.`;
    if (last.outcome === undefined)
        return `Unfinished, its run is gone: ${what}, phase ${last.progress.phase}. End it with mode: resume.`;
    return `Last: ${what}, ${last.outcome}${last.endedAt === undefined ? "" : `, ${(0,units/* formatDuration */.a3)(now - last.endedAt)} ago`}${last.progress.rollbackReason === undefined ? "" : `: ${last.progress.rollbackReason}`}`;
}

;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/status.ts



/** `mode: status`: where users are, what runs, what happened last. Changes nothing. */
async function status_status(tools, { journal, clock }) {
    const seen = await lookAround(tools);
    const lines = statusLines(seen, clock.now());
    for (const line of lines)
        journal.say(line);
    return { outcome: "status", ok: true, reason: lines[0] ?? "", outputs: status_outputsOf(seen), summary: summaryOf(lines) };
}
function status_outputsOf(seen) {
    const on = seen.trafficOn;
    const active = on === "blue" || on === "green" ? on : undefined;
    return {
        "traffic-on": on,
        "active-colour": active ?? "",
        "previous-colour": active === undefined ? "" : (0,colours/* other */.F)(active),
        "task-definition-arn": active === undefined ? "" : seen.colours[active].revision,
        image: active === undefined ? "" : seen.colours[active].images.join(" "),
        "deployment-id": seen.last?.deployment ?? "",
        status: JSON.stringify(seen),
    };
}
const summaryOf = (lines) => ["## Status", "", ...lines.map((line) => `- ${(0,sanitise/* forMarkdown */.Bm)(line)}`)].join("\n");

;// CONCATENATED MODULE: ./actions/blue-green-deploy/src/run.ts





/** Runs the action in the mode that was asked for. */
async function run(config, tools, base) {
    const { mode } = config.given;
    switch (mode) {
        case "deploy":
            return await deploy(config, tools, base);
        case "plan":
            return await planOnly(config, tools, base);
        case "status":
            return await status_status(tools, base);
        case "resume":
            return await resume(config, tools, base);
        default:
            return (0,src_problems/* assertNever */.xb)(mode);
    }
}


/***/ }),

/***/ 2600:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   RB: () => (/* binding */ logTail),
/* harmony export */   Z8: () => (/* binding */ logPlaces),
/* harmony export */   f9: () => (/* binding */ recentErrors)
/* harmony export */ });
/* harmony import */ var _aws_deploy_actions_shared_text_sanitise__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(245);

/** The awslogs destinations of a definition: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
function logPlaces(definition) {
    const containers = (definition["containerDefinitions"] ?? []);
    return containers.flatMap((container) => {
        const log = container["logConfiguration"];
        const options = (log?.["options"] ?? {});
        const [group, prefix] = [options["awslogs-group"], options["awslogs-stream-prefix"]];
        if (log?.["logDriver"] !== "awslogs" || group === undefined || prefix === undefined)
            return [];
        return [{ container: String(container["name"]), group, prefix }];
    });
}
/** The last lines of one task's container; empty where there are none or they may not be read: a log tail is a help, never a reason to fail. */
async function logTail(aws, place, task, lines = 15) {
    try {
        const answer = await aws.logs((sdk) => new sdk.GetLogEventsCommand({
            logGroupName: place.group,
            logStreamName: `${place.prefix}/${place.container}/${task}`,
            limit: lines,
            startFromHead: false,
        }), { retry: { attempts: 2, budget: 5 } });
        return (answer.events ?? []).map((event) => (0,_aws_deploy_actions_shared_text_sanitise__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(event.message ?? "", 300));
    }
    catch {
        return [];
    }
}
/** Recent lines with ERROR in them, newest last. */
async function recentErrors(aws, groups, since, limit = 10) {
    const found = await Promise.all(groups.slice(0, 5).map(async (group) => {
        const answer = await aws.logs((sdk) => new sdk.FilterLogEventsCommand({ logGroupName: group, filterPattern: "ERROR", startTime: Math.round(since * 1000), limit: 50 }), { retry: { attempts: 2, budget: 5 } });
        return (answer.events ?? []).map((event) => ({ at: event.timestamp ?? 0, line: `${group}: ${(0,_aws_deploy_actions_shared_text_sanitise__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(event.message ?? "", 250)}` }));
    })).catch(() => []);
    return found
        .flat()
        .sort((a, b) => a.at - b.at)
        .slice(-limit)
        .map((one) => one.line);
}


/***/ }),

/***/ 9536:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ other),
/* harmony export */   M8: () => (/* binding */ colours),
/* harmony export */   Yr: () => (/* binding */ perColour)
/* harmony export */ });
const colours = ["blue", "green"];
const other = (colour) => (colour === "blue" ? "green" : "blue");
const perColour = (of) => ({ blue: of("blue"), green: of("green") });


/***/ }),

/***/ 3888:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   h0: () => (/* binding */ short),
/* harmony export */   iX: () => (/* binding */ awaitHealthy),
/* harmony export */   kE: () => (/* binding */ whyStopped),
/* harmony export */   sB: () => (/* binding */ crashes)
/* harmony export */ });
/* harmony import */ var _aws_deploy_actions_shared_units__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8400);
/* harmony import */ var _step_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(4887);
/* harmony import */ var _traffic_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(4284);
/* harmony import */ var _flow_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(4128);




/** A second failure of the same version is no accident any more. */
const failuresThatDecide = 2;
/** How long ECS may show the state before our update: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html */
const staleReadSeconds = 20;
/** Waits until every task of our own revision runs, is registered and is healthy; anything that shows it never will ends the wait. */
function awaitHealthy(plan, seen, progress, now) {
    const service = seen.services[plan.to];
    const ours = seen.tasks.filter((task) => task.revision === plan.revision);
    const giveUp = (because) => (0,_step_js__WEBPACK_IMPORTED_MODULE_1__/* .rollBack */ .Fu)(because, "failed");
    const deployment = service.deployments.find((one) => one.revision === plan.revision);
    if (deployment?.rolloutState === "FAILED")
        return giveUp(`ECS gave up on ${short(plan.revision)}: ${deployment.reason}`);
    const primary = service.deployments.find((one) => one.status === "PRIMARY");
    if (primary !== undefined && primary.revision !== plan.revision && now - progress.since > staleReadSeconds) {
        return giveUp(`service ${service.name} went to ${short(primary.revision)} instead of ${short(plan.revision)}: its circuit breaker, or somebody else, changed it`);
    }
    const crashed = crashes(ours, progress.since);
    const last = crashed.at(-1);
    if (last !== undefined && crashed.length >= failuresThatDecide) {
        return giveUp(`${short(plan.revision)} keeps stopping, ${crashed.length} times in ${(0,_aws_deploy_actions_shared_units__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a3)(now - progress.since)}: ${whyStopped(last)}`);
    }
    const running = ours.filter((task) => task.status === "RUNNING" && task.health !== "UNHEALTHY");
    const addresses = running.flatMap((task) => task.addresses);
    const known = addresses.length > 0 ? new Set(addresses) : undefined;
    const healthy = seen.routes.length === 0 ? running.length : (0,_traffic_js__WEBPACK_IMPORTED_MODULE_2__/* .healthyInEachGroup */ .ln)(seen, plan.to, known);
    if (running.length >= progress.count && healthy >= progress.count) {
        return (0,_step_js__WEBPACK_IMPORTED_MODULE_1__/* .advance */ .np)((0,_flow_js__WEBPACK_IMPORTED_MODULE_3__/* .phaseAfter */ .WP)(plan, "await-healthy", progress), `${healthy} of ${progress.count} targets are healthy`);
    }
    const until = (0,_flow_js__WEBPACK_IMPORTED_MODULE_3__/* .deadline */ .nl)(plan, progress);
    if (now >= until) {
        return giveUp(`only ${healthy} of ${progress.count} targets became healthy in ${(0,_aws_deploy_actions_shared_units__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a3)(now - progress.since)} (${running.length} tasks run)${lastEvent(seen, plan)}`);
    }
    return (0,_step_js__WEBPACK_IMPORTED_MODULE_1__/* .wait */ .uk)(`healthy targets, ${healthy} of ${progress.count} (${running.length} tasks run)`, until);
}
/** Tasks of the new revision that stopped by themselves since the phase began, oldest first. A task stopped by a scale-in is none. */
function crashes(tasks, since) {
    return tasks
        .filter((task) => task.status === "STOPPED" || task.status === "DEPROVISIONING")
        .filter((task) => !["ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption"].includes(task.stopCode) ||
        /health check/i.test(task.stoppedReason))
        .filter((task) => (task.stoppedAt ?? since) >= since)
        .sort((a, b) => (a.stoppedAt ?? 0) - (b.stoppedAt ?? 0));
}
/** `task 7d1f…: EssentialContainerExited, container "app" exited with 1`. */
function whyStopped(task) {
    // 143 and 137 are SIGTERM and SIGKILL: the container was stopped because of another one.
    const failed = task.containers.filter((one) => one.exitCode !== undefined && one.exitCode !== 0);
    const container = failed.find((one) => one.exitCode !== 143 && one.exitCode !== 137) ?? task.containers.find((one) => one.reason !== "") ?? failed[0];
    const exit = container === undefined
        ? ""
        : `, container "${container.name}"${container.exitCode === undefined ? "" : ` exited with ${container.exitCode}`}${container.reason === "" ? "" : ` (${container.reason})`}`;
    return `task ${task.id.slice(0, 8)}: ${task.stoppedReason || task.stopCode || "stopped without a reason"}${exit}`;
}
/** `shop:42` of a task definition's ARN. */
const short = (revision) => revision.split("/").at(-1) ?? revision;
function lastEvent(seen, plan) {
    const event = seen.services[plan.to].events[0];
    return event === undefined ? "" : `; ECS says: ${event.message}`;
}


/***/ }),

/***/ 4128:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   EL: () => (/* binding */ firstPhase),
/* harmony export */   WP: () => (/* binding */ phaseAfter),
/* harmony export */   nl: () => (/* binding */ deadline)
/* harmony export */ });
/** When the whole rollout has to be through. */
const deadline = (plan, progress) => progress.started + plan.timeout;
/**
 * Which phase follows which. The one place for it: the table in docs/rollout.md is generated from here.
 *
 * An urgent return moves traffic first, when the colour it goes to is healthy, and scales afterwards.
 */
function phaseAfter(plan, phase, progress) {
    const switched = progress.switchedAt !== undefined;
    switch (phase) {
        case "migrate":
            return "scale";
        case "scale":
            return "await-healthy";
        case "await-healthy":
            if (switched)
                return plan.goal === "return" ? "finalize" : "shift";
            return plan.test ? "test" : "shift";
        case "test":
            return "shift";
        case "shift":
            if (plan.goal === "deploy")
                return "watch";
            return plan.urgent ? "scale" : "finalize";
        case "watch":
            return "finalize";
        case "finalize":
        case "rolling-back":
            return phase;
        default:
            return unknownPhase(phase);
    }
}
/** Where a rollout begins. */
function firstPhase(plan) {
    if (plan.goal === "return" && plan.urgent)
        return "shift";
    return plan.migration ? "migrate" : "scale";
}
function unknownPhase(phase) {
    throw new Error(`unhandled phase ${String(phase)}`);
}


/***/ }),

/***/ 3196:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Mz: () => (/* binding */ containersOf),
/* harmony export */   ZV: () => (/* binding */ registrable),
/* harmony export */   tD: () => (/* binding */ changed),
/* harmony export */   tX: () => (/* binding */ differences),
/* harmony export */   uD: () => (/* binding */ sameDefinition)
/* harmony export */ });
// Task definitions as AWS gives them, unknown fields included: what an older SDK does not know must survive a deployment.
/** Fields of an answer that RegisterTaskDefinition does not take: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html */
const answerOnly = new Set([
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
]);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value) => (Array.isArray(value) ? value.filter(isObject) : []);
const textOf = (value) => (typeof value === "string" ? value : "");
/** The containers of a definition, by name and image. */
const containersOf = (definition) => listOf(definition["containerDefinitions"]).map((one) => ({ name: textOf(one["name"]), image: textOf(one["image"]) }));
/** What would be registered to get the same definition again. */
function registrable(answer, tags) {
    const kept = Object.fromEntries(Object.entries(answer).filter(([key]) => !answerOnly.has(key)));
    return listOf(tags).length === 0 ? kept : { ...kept, tags };
}
/** The definition with the changes made, and nothing else. */
function changed(definition, changes) {
    const containers = listOf(definition["containerDefinitions"]).map((container) => {
        const name = textOf(container["name"]);
        const image = changes.images.get(name);
        const environment = changes.environment.filter((one) => one.container === name);
        const secrets = changes.secrets.filter((one) => one.container === name);
        const taken = new Set([...environment, ...secrets].map((one) => one.name));
        // A name may stand in either list, never in both: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
        const keep = (list) => listOf(list).filter((one) => !taken.has(textOf(one["name"])));
        return {
            ...container,
            ...(image === undefined ? {} : { image }),
            ...(taken.size === 0
                ? {}
                : { environment: [...keep(container["environment"]), ...environment.map(({ name: key, value }) => ({ name: key, value }))] }),
            ...(taken.size === 0
                ? {}
                : { secrets: [...keep(container["secrets"]), ...secrets.map(({ name: key, value }) => ({ name: key, valueFrom: value }))] }),
        };
    });
    return { ...definition, containerDefinitions: containers };
}
/** Whether two definitions would run the same: lists that are sets to ECS may be in any order. */
const sameDefinition = (a, b) => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
const isEmpty = (value) => value === null || (Array.isArray(value) && value.length === 0);
/** Keys in order, empty lists gone (AWS answers with lists that were never given), sets by their key. */
function canonical(value) {
    if (Array.isArray(value)) {
        const items = value.map(canonical);
        const named = items.every((item) => isObject(item) && (typeof item["name"] === "string" || typeof item["key"] === "string"));
        const keyOf = (item) => (isObject(item) ? textOf(item["name"] ?? item["key"]) : "");
        return named ? [...items].sort((x, y) => keyOf(x).localeCompare(keyOf(y))) : items;
    }
    if (!isObject(value))
        return value;
    const entries = Object.entries(value).filter(([, one]) => !isEmpty(one));
    return Object.fromEntries(entries.sort(([x], [y]) => x.localeCompare(y)).map(([key, one]) => [key, canonical(one)]));
}
/** The differences by name, containers first. */
function differences(before, after) {
    const names = [...new Set([...containersOf(before), ...containersOf(after)].map((one) => one.name))];
    const find = (definition, name) => listOf(definition["containerDefinitions"]).find((one) => one["name"] === name) ?? {};
    const inContainers = names.flatMap((name) => containerDifferences(name, find(before, name), find(after, name)));
    const rest = (definition) => Object.fromEntries(Object.entries(definition).filter(([key]) => key !== "containerDefinitions"));
    return [...inContainers, ...fieldDifferences("", rest(before), rest(after))];
}
function containerDifferences(name, before, after) {
    const special = new Set(["environment", "secrets"]);
    const rest = (container) => Object.fromEntries(Object.entries(container).filter(([key]) => !special.has(key)));
    const settings = (container, list) => Object.fromEntries(listOf(container[list]).map((one) => [textOf(one["name"]), one["value"] ?? one["valueFrom"] ?? ""]));
    return [
        ...fieldDifferences(`${name}: `, rest(before), rest(after)),
        ...fieldDifferences(`${name}: environment `, settings(before, "environment"), settings(after, "environment")),
        ...fieldDifferences(`${name}: secret `, settings(before, "secrets"), settings(after, "secrets"), true),
    ];
}
function fieldDifferences(prefix, before, after, shown = false) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => {
        const [old, now] = [before[key] ?? null, after[key] ?? null];
        if (JSON.stringify(canonical(old)) === JSON.stringify(canonical(now)) || (isEmpty(old) && isEmpty(now)))
            return [];
        const change = isEmpty(old) ? "added" : isEmpty(now) ? "removed" : "changed";
        const visible = shown || key === "image" || ["cpu", "memory", "memoryReservation"].includes(key);
        const text = (value) => visible && (typeof value === "string" || typeof value === "number") ? String(value) : undefined;
        const [from, to] = [text(old), text(now)];
        return [{ where: `${prefix}${key}`, change, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
    });
}


/***/ }),

/***/ 2269:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   V: () => (/* binding */ LeaseLost)
/* harmony export */ });
/** Somebody else has taken the environment over: this run must not change anything any more. */
class LeaseLost extends Error {
    holder;
    constructor(holder) {
        super(`${holder} has taken over`);
        this.name = "LeaseLost";
        this.holder = holder;
    }
}


/***/ }),

/***/ 5482:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ blocks),
/* harmony export */   E: () => (/* binding */ leaseSeconds)
/* harmony export */ });
/** How long a lease lasts without renewal: longer than any call with all its retries may take. */
const leaseSeconds = 300;
/** Whether a lease stands in the way. */
function blocks(lease, mine, over, now) {
    if (lease === undefined || lease.owner === mine.owner || lease.until <= now || over === "anybody")
        return false;
    return over === "nobody" || lease.purpose === "rollback";
}


/***/ }),

/***/ 4887:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Fu: () => (/* binding */ rollBack),
/* harmony export */   Tk: () => (/* binding */ mutate),
/* harmony export */   ds: () => (/* binding */ stop),
/* harmony export */   np: () => (/* binding */ advance),
/* harmony export */   uk: () => (/* binding */ wait)
/* harmony export */ });
/** @param detail what is known so far; it may change with every look, so it alone is no reason for a new line in the log */
const wait = (what, until, detail) => detail === undefined ? { do: "wait", for: what, until } : { do: "wait", for: what, until, detail };
const mutate = (mutation, because, note) => note === undefined ? { do: "mutate", mutation, because } : { do: "mutate", mutation, because, note };
const advance = (to, because, note) => note === undefined ? { do: "advance", to, because } : { do: "advance", to, because, note };
const rollBack = (because, as = "rolled-back") => ({ do: "roll-back", because, as });
const stop = (outcome, because) => ({ do: "stop", outcome, because });


/***/ }),

/***/ 4284:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   NK: () => (/* binding */ weightsFor),
/* harmony export */   c1: () => (/* binding */ groupsOf),
/* harmony export */   ln: () => (/* binding */ healthyInEachGroup),
/* harmony export */   tV: () => (/* binding */ trafficOn),
/* harmony export */   uM: () => (/* binding */ share)
/* harmony export */ });
/** The colour's share of a route's new connections, in percent of the pair's weight; undefined where the pair has no weight at all. */
function share(route, colour) {
    const { blue = 0, green = 0 } = route.weights;
    const total = blue + green;
    return total === 0 ? undefined : (100 * (route.weights[colour] ?? 0)) / total;
}
/** Where users are, over all routes of the pair. */
function trafficOn(routes) {
    const shares = routes.map((route) => share(route, "blue"));
    if (shares.length === 0 || shares.includes(undefined))
        return "unknown";
    if (shares.every((part) => part === 100))
        return "blue";
    if (shares.every((part) => part === 0))
        return "green";
    return "split";
}
/** Weights that give the new colour its percent and the other the rest; a sticky group that shall get nothing leaves the action. */
function weightsFor(to, percent, detachOther = false) {
    const rest = detachOther && percent === 100 ? undefined : 100 - percent;
    return to === "blue" ? { blue: percent, green: rest } : { green: percent, blue: rest };
}
/** The target groups of a colour over all routes. */
const groupsOf = (routes, colour) => [
    ...new Set(routes.map((route) => route.groups[colour])),
];
/**
 * How many targets of a colour are healthy, in its worst group. Where tasks are given, only their addresses count:
 * a target of another revision says nothing about ours.
 */
function healthyInEachGroup(seen, colour, addresses) {
    const groups = groupsOf(seen.routes, colour);
    if (groups.length === 0)
        return 0;
    const healthy = (group) => seen.targets[colour].filter((target) => target.group === group && target.state === "healthy" && (addresses === undefined || addresses.has(target.id))).length;
    return Math.min(...groups.map(healthy));
}


/***/ }),

/***/ 3297:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  e: () => (/* binding */ openAws)
});

// EXTERNAL MODULE: ./packages/shared/src/aws/errors.ts
var errors = __nccwpck_require__(1318);
;// CONCATENATED MODULE: ./packages/shared/src/aws/retry.ts

/** Outlasts a burst of throttling without hiding an outage from whoever judges it. */
const defaultRetry = { attempts: 6, budget: 45 };
/**
 * Calls again after transient failures, waiting longer each time with jitter
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html). Uses the injected clock, which the SDK's own
 * retry cannot, so the fault matrix runs in virtual time.
 *
 * @throws the last failure when attempts or budget are used up, a lasting failure at once
 */
async function withRetry(clock, policy, call, random = Math.random, signal) {
    const begin = clock.now();
    for (let attempt = 1;; attempt++) {
        try {
            return await call();
        }
        catch (error) {
            const pause = Math.min(8, 0.25 * 2 ** attempt) * (0.5 + random() / 2);
            const over = attempt >= policy.attempts || clock.now() - begin + pause > policy.budget;
            if (over || !(0,errors/* isTransient */.dg)(error) || signal?.aborted === true)
                throw error;
            await clock.sleep(pause, signal);
        }
    }
}

;// CONCATENATED MODULE: ./packages/shared/src/aws/connect.ts


/** Connects to AWS. Nothing is loaded and nothing is called until a service is used. */
function connectAws(loaders, settings, clock, credentials) {
    const connect = (region) => {
        const services = Object.entries(loaders).map(([name, load]) => [
            name,
            service(name, load, region, clock, credentials),
        ]);
        return { ...Object.fromEntries(services), region, inRegion: connect };
    };
    return connect(settings.region);
}
/** A service over anything that answers commands: retries, and trouble that names the call. Tests give it an AWS of their own. */
function serviceOver(name, open, clock) {
    let opened;
    return async (make, options = {}) => {
        opened ??= open();
        const { sdk, send } = await opened;
        const operation = (command) => `${name}:${command.constructor.name.replace(/Command$/, "")}`;
        // A command's middleware is spent with it, so each attempt gets a fresh one.
        const first = make(sdk);
        let command = first;
        const attempt = async () => {
            const now = command ?? make(sdk);
            command = undefined;
            return await send(now, options);
        };
        try {
            return (await withRetry(clock, options.retry ?? defaultRetry, attempt, Math.random, options.signal));
        }
        catch (error) {
            throw (0,errors/* awsTrouble */.np)(operation(first), error);
        }
    };
}
function service(name, load, region, clock, credentials) {
    const open = async () => {
        const sdk = await load();
        const client = new (clientClass(sdk))(clientOptions(region, credentials));
        const send = async (command, options) => {
            keepRaw(command, options);
            return await client.send(command, options.signal === undefined ? {} : { abortSignal: options.signal });
        };
        return { sdk, send };
    };
    return serviceOver(name, open, clock);
}
/** The SDK drops members that it does not know, both ways; middleware at the wire sees them all. */
function keepRaw(command, { rawBody, onRawAnswer }) {
    const stack = command.middlewareStack;
    if (rawBody !== undefined) {
        stack.add((next) => async (given) => {
            given.request.body = JSON.stringify(rawBody);
            return await next(given);
        }, { step: "build", name: "rawBody", priority: "high" });
    }
    if (onRawAnswer !== undefined) {
        stack.add((next) => async (given) => {
            const answer = await next(given);
            const response = answer.response;
            const chunks = [];
            if (response.body instanceof Uint8Array)
                chunks.push(response.body);
            else
                for await (const chunk of response.body)
                    chunks.push(chunk);
            const bytes = Buffer.concat(chunks);
            response.body = bytes;
            if (response.statusCode === 200)
                onRawAnswer(JSON.parse(bytes.toString("utf8")));
            return answer;
        }, { step: "deserialize", name: "rawAnswer", priority: "low" });
    }
}
/** The client among a module's exports: the one class named …Client that is not the bare base class. */
function clientClass(sdk) {
    const found = Object.entries(sdk).find(([name]) => name.endsWith("Client") && !name.startsWith("__"));
    if (found === undefined)
        throw new Error("the SDK module has no client class");
    return found[1];
}
/** The SDK's own retries are off: ours run on the injected clock. Its time-outs make silence end. */
const clientOptions = (region, credentials) => ({
    region,
    maxAttempts: 1,
    forcePathStyle: true,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...(credentials === undefined ? {} : { credentials }),
});

// EXTERNAL MODULE: ./packages/shared/src/problems.ts
var problems = __nccwpck_require__(7971);
// EXTERNAL MODULE: ./packages/shared/src/units.ts
var units = __nccwpck_require__(8400);
;// CONCATENATED MODULE: ./packages/shared/src/aws/credentials.ts




/** A session is renewed this many seconds before it ends. */
const renewBefore = 300;
/** A chained session lasts one hour at most: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const chainedSeconds = 3600;
/**
 * The credentials that the inputs ask for, renewed before they end; undefined leaves the SDK's usual chain.
 *
 * A web identity takes no ExternalId (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html), so a
 * role with one is assumed from the OIDC role.
 */
function credentialsFor(settings, sources, clock) {
    const base = settings.oidcRole === undefined ? undefined : renewing(clock, () => fromOidc(settings, settings.oidcRole ?? "", sources, clock));
    if (settings.role === undefined)
        return base;
    return renewing(clock, () => fromRole(settings, settings.role ?? "", base, sources, clock));
}
function renewing(clock, fetch) {
    let current;
    let until = 0;
    return async () => {
        if (current === undefined || clock.now() >= until) {
            const fetching = fetch();
            current = fetching;
            until = Number.POSITIVE_INFINITY;
            try {
                const { expiration } = await fetching;
                // A session shorter than the margin must not be fetched anew for every call.
                until = expiration === undefined ? until : Math.max(clock.now() + 30, expiration.getTime() / 1000 - renewBefore);
            }
            catch (error) {
                current = undefined;
                throw error;
            }
        }
        return await current;
    };
}
async function fromOidc(settings, role, sources, clock) {
    const token = await sources.oidcToken();
    sources.mask(token);
    const sdk = await sources.sts();
    // Unsigned call: it must not look for other credentials first.
    const client = new sdk.STSClient({
        region: settings.region,
        maxAttempts: 1,
        credentials: { accessKeyId: "none", secretAccessKey: "none" },
    });
    const command = () => client.send(new sdk.AssumeRoleWithWebIdentityCommand({ RoleArn: role, RoleSessionName: settings.sessionName, WebIdentityToken: token }));
    return await session(`assuming ${role} with the job's OIDC token`, clock, command, sources);
}
async function fromRole(settings, role, base, sources, clock) {
    const sdk = await sources.sts();
    const client = new sdk.STSClient({ region: settings.region, maxAttempts: 1, ...(base === undefined ? {} : { credentials: base }) });
    const input = {
        RoleArn: role,
        RoleSessionName: settings.sessionName,
        DurationSeconds: chainedSeconds,
        ...(settings.externalId === undefined ? {} : { ExternalId: settings.externalId }),
    };
    return await session(`assuming ${role}`, clock, () => client.send(new sdk.AssumeRoleCommand(input)), sources);
}
async function session(what, clock, call, sources) {
    const answer = await withRetry(clock, defaultRetry, call).catch((error) => {
        throw (0,errors/* awsTrouble */.np)(what, error);
    });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
        throw (0,problems/* cloudTrouble */.J6)(`${what} gave no credentials.`);
    sources.mask(SecretAccessKey);
    sources.mask(SessionToken);
    return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
}
/**
 * Whether a run may outlive its credentials, as a sentence for the log.
 * Ambient session credentials in the environment cannot be renewed by anybody in this step.
 */
function renewalWarning(settings, environment) {
    if (settings.oidcRole !== undefined)
        return undefined;
    const ambient = environment["AWS_SESSION_TOKEN"] !== undefined && environment["AWS_SESSION_TOKEN"] !== "";
    if (!ambient || settings.neededFor < chainedSeconds)
        return undefined;
    return `The credentials in the environment cannot be renewed here, and this run may need them for ${(0,units/* formatDuration */.a3)(settings.neededFor)}. Give oidc-role-to-assume instead, so that they are renewed.`;
}
/**
 * The account that the credentials belong to.
 *
 * @throws Trouble of kind `input` when it is not the expected one
 */
function checkAccount(settings, account, identity) {
    if (settings.expectedAccount !== undefined && settings.expectedAccount !== account) {
        throw (0,problems/* inputTrouble */.KL)(`The credentials belong to account ${account} (${identity}), but expected-account-id is ${settings.expectedAccount}. Nothing was changed.`, "Correct role-to-assume or oidc-role-to-assume, or expected-account-id.");
    }
}

;// CONCATENATED MODULE: ./packages/shared/src/action/aws-base.ts



/** The audience that AWS's OIDC provider expects, in every partition. */
const audience = "sts.amazonaws.com";
/**
 * Connects to AWS as the inputs ask: takes the roles, says when credentials cannot last as long as the run, and, where
 * `expected-account-id` is given, refuses any other account before a single call of the action's own.
 * Without that input nothing is called: the first call is the action's.
 *
 * @throws Trouble of kind `input` for another account, of kind `cloud` when a role cannot be assumed
 */
async function openAws(loaders, settings, base) {
    const { runner, journal, clock, environment } = base;
    const sts = () => Promise.all(/* import() */[__nccwpck_require__.e(861), __nccwpck_require__.e(695)]).then(__nccwpck_require__.t.bind(__nccwpck_require__, 1695, 19));
    const warning = renewalWarning(settings, environment);
    if (warning !== undefined)
        journal.annotate("warning", warning);
    const sources = { sts, oidcToken: () => runner.oidcToken(audience), mask: (secret) => runner.mask(secret) };
    const all = { ...loaders, sts };
    const credentials = credentialsFor(settings, sources, clock);
    const aws = connectAws(all, settings, clock, credentials);
    let asked;
    const identity = () => {
        asked ??= whoAmI(aws).catch((error) => {
            asked = undefined;
            throw error;
        });
        return asked;
    };
    if (settings.expectedAccount !== undefined) {
        const { account, arn } = await identity();
        checkAccount(settings, account, arn);
    }
    return { aws, identity, environment: () => asEnvironment(credentials) };
}
async function asEnvironment(credentials) {
    if (credentials === undefined)
        return {};
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    return {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        // A profile would win over them.
        AWS_PROFILE: undefined,
    };
}
async function whoAmI(aws) {
    const { Account, Arn } = await aws.sts((sdk) => new sdk.GetCallerIdentityCommand({}));
    if (Account === undefined || Arn === undefined)
        throw (0,problems/* cloudTrouble */.J6)("sts:GetCallerIdentity named no account.");
    return { account: Account, arn: Arn, partition: Arn.split(":")[1] ?? "aws" };
}


/***/ }),

/***/ 2593:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Cm: () => (/* binding */ arn),
/* harmony export */   IQ: () => (/* binding */ withDefault),
/* harmony export */   Ie: () => (/* binding */ custom),
/* harmony export */   Jt: () => (/* binding */ flag),
/* harmony export */   OZ: () => (/* binding */ url),
/* harmony export */   P_: () => (/* binding */ Refusal),
/* harmony export */   Qq: () => (/* binding */ text),
/* harmony export */   ai: () => (/* binding */ number),
/* harmony export */   lq: () => (/* binding */ optional),
/* harmony export */   mr: () => (/* binding */ inputLimit),
/* harmony export */   mw: () => (/* binding */ required),
/* harmony export */   om: () => (/* binding */ block),
/* harmony export */   p0: () => (/* binding */ duration),
/* harmony export */   p_: () => (/* binding */ list),
/* harmony export */   rD: () => (/* binding */ wholeNumber),
/* harmony export */   rJ: () => (/* binding */ secret),
/* harmony export */   yL: () => (/* binding */ oneOf)
/* harmony export */ });
/* harmony import */ var _units_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8400);

/** Why a raw input is refused. `accepted` completes the sentence "accepted: …". */
class Refusal extends Error {
    accepted;
    constructor(accepted) {
        super(accepted);
        this.accepted = accepted;
    }
}
/** Longest text any input may have: more is a mistake, and no step may hang on it. */
const inputLimit = 65_536;
const field = (parse, extra = {}) => ({
    parse,
    required: false,
    secret: false,
    ...extra,
});
/** The value must be given. */
const required = (base) => ({ ...base, required: true });
/** undefined when not given. */
const optional = (base) => {
    const { fallback: _, ...rest } = base;
    return rest;
};
/** The value that counts when nothing is given. */
const withDefault = (base, fallback) => ({ ...base, fallback });
const secret = (base) => ({ ...base, secret: true });
/** One line of text; `pattern` limits it, `accepted` says how in words. */
function text(pattern, accepted = "a text on one line") {
    return field((raw) => {
        if (/[\r\n\0]/.test(raw))
            throw new Refusal(pattern === undefined ? "a text on one line" : accepted);
        if (pattern !== undefined && !pattern.test(raw))
            throw new Refusal(accepted);
        return raw;
    });
}
/** Text of several lines, taken as it is. */
const block = () => field((raw) => raw);
/** One of the listed values; the first is the default. */
function oneOf(...values) {
    return field((raw) => {
        if (!values.includes(raw))
            throw new Refusal(values.map((value) => `"${value}"`).join(", "));
        return raw;
    }, { fallback: values[0] });
}
/** `true` or `false`, as YAML 1.2 writes them. */
const flag = (fallback = false) => field((raw) => {
    if (/^(true|True|TRUE)$/.test(raw))
        return true;
    if (/^(false|False|FALSE)$/.test(raw))
        return false;
    throw new Refusal('"true" or "false"');
}, { fallback: String(fallback) });
/** A number with bounds, both allowed. */
function number(min, max, { integer = false } = {}) {
    const accepted = `${integer ? "a whole number" : "a number"} from ${min} to ${max}`;
    return field((raw) => {
        if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(raw))
            throw new Refusal(accepted);
        const value = Number(raw);
        if (value < min || value > max || (integer && !Number.isInteger(value)))
            throw new Refusal(accepted);
        return value;
    });
}
const wholeNumber = (min, max) => number(min, max, { integer: true });
/** A length of time in seconds; `90s`, `5m`, `1h`, or a bare number in the unit. Bounds in seconds, both allowed. */
function duration(unit, min, max) {
    const names = { s: "seconds", m: "minutes", h: "hours", d: "days" };
    const accepted = `a duration such as 90s, 5m, 1h, or a bare number of ${names[unit]}, from ${(0,_units_js__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a3)(min)} to ${(0,_units_js__WEBPACK_IMPORTED_MODULE_0__/* .formatDuration */ .a3)(max)}`;
    return field((raw) => {
        const value = (0,_units_js__WEBPACK_IMPORTED_MODULE_0__/* .parseDuration */ .E9)(raw, unit);
        if (value === undefined || value < min || value > max)
            throw new Refusal(accepted);
        return value;
    });
}
/**
 * A list, one item a line; also separated by commas where no item can hold one.
 * Each item is read by the given field, and a refusal names the item.
 */
function list(item, { commas = true, max = 100 } = {}) {
    return field((raw) => {
        const parts = raw
            .split(commas ? /[\n,]/ : /\n/)
            .map((part) => part.trim())
            .filter((part) => part !== "");
        if (parts.length > max)
            throw new Refusal(`at most ${max} items`);
        return parts.map((part, index) => {
            try {
                return item.parse(part);
            }
            catch (error) {
                if (error instanceof Refusal)
                    throw new Refusal(`in item ${index + 1}: ${error.accepted}`);
                throw error;
            }
        });
    }, { fallback: "" });
}
/** Anything else: `parse` throws a Refusal that says what is accepted. */
const custom = (parse) => field(parse);
const arnPattern = /^arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:\S{1,1900}$/;
/** An ARN, of one service where given. */
function arn(service) {
    const accepted = `an ARN${service === undefined ? "" : ` of ${service}`}, such as arn:aws:${service ?? "service"}:region:123456789012:…`;
    return text(service === undefined ? arnPattern : new RegExp(`^arn:aws(-[a-z]+)*:${service}:[a-z0-9-]*:(\\d{12}|aws)?:\\S{1,1900}$`), accepted);
}
/** An HTTPS URL without credentials in it; http only where allowed, or (`localHttp`) only to this machine. */
function url({ http = false, localHttp = false } = {}) {
    const accepted = `an ${http ? "http or https" : "https"} URL without a user name or password in it`;
    return field((raw) => {
        const parsed = URL.canParse(raw) ? new URL(raw) : undefined;
        const local = localHttp && /^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:|\/|$)/.test(parsed?.href ?? "");
        const protocols = http || local ? ["https:", "http:"] : ["https:"];
        if (parsed === undefined ||
            !protocols.includes(parsed.protocol) ||
            parsed.username !== "" ||
            parsed.password !== "" ||
            /\s/.test(raw)) {
            throw new Refusal(accepted);
        }
        return raw;
    });
}


/***/ }),

/***/ 6133:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Ko: () => (/* binding */ readInputs),
/* harmony export */   VX: () => (/* binding */ secretValues),
/* harmony export */   me: () => (/* binding */ rawInputs)
/* harmony export */ });
/* unused harmony export inputVariable */
/* harmony import */ var _problems_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7971);
/* harmony import */ var _text_sanitise_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(245);
/* harmony import */ var _fields_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(2593);



/** Environment variable that the runner sets for an input: https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#inputs */
const inputVariable = (name) => `INPUT_${name.replace(/ /g, "_").toUpperCase()}`;
/** Picks an action's raw inputs out of the environment. */
function rawInputs(spec, environment) {
    return Object.fromEntries(Object.keys(spec).map((name) => [name, environment[inputVariable(name)]]));
}
function readOne(name, spec, given) {
    const raw = (given ?? "").trim();
    if (raw === "") {
        if (spec.fallback !== undefined)
            return { value: spec.fallback === "" ? emptyOf(spec) : spec.parse(spec.fallback) };
        return spec.required ? { wrong: `${name} is required and was not given.` } : { value: undefined };
    }
    const shown = spec.secret ? "the given value is not accepted" : `"${(0,_text_sanitise_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .TN)(raw, 80)}" is not accepted`;
    if (raw.length > _fields_js__WEBPACK_IMPORTED_MODULE_1__/* .inputLimit */ .mr)
        return { wrong: `${name}: ${raw.length} characters are too many; accepted: at most ${_fields_js__WEBPACK_IMPORTED_MODULE_1__/* .inputLimit */ .mr}.` };
    try {
        return { value: spec.parse(raw) };
    }
    catch (error) {
        if (error instanceof _fields_js__WEBPACK_IMPORTED_MODULE_1__/* .Refusal */ .P_)
            return { wrong: `${name}: ${shown}; accepted: ${error.accepted}.` };
        throw error;
    }
}
const emptyOf = (spec) => spec.parse("");
/**
 * Reads all inputs, or reports every wrong one at once.
 *
 * @param check further conditions across inputs, as sentences; called only when each input by itself is right
 * @throws Trouble of kind `input`, one problem an input
 */
function readInputs(spec, raw, check = () => []) {
    const wrong = [];
    const values = {};
    for (const [name, one] of Object.entries(spec)) {
        const reading = readOne(name, one, raw[name]);
        if ("wrong" in reading)
            wrong.push((0,_problems_js__WEBPACK_IMPORTED_MODULE_0__/* .problem */ .CC)("input", reading.wrong));
        else
            values[name] = reading.value;
    }
    if (wrong.length > 0)
        throw new _problems_js__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .qm(wrong);
    const across = check(values);
    if (across.length > 0)
        throw new _problems_js__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .qm(across.map((sentence) => (0,_problems_js__WEBPACK_IMPORTED_MODULE_0__/* .problem */ .CC)("input", sentence)));
    return values;
}
/** The values of secret inputs that were given: what must be masked before anything is printed. */
function secretValues(spec, raw) {
    return Object.entries(spec).flatMap(([name, one]) => (one.secret && raw[name] ? [raw[name]] : []));
}


/***/ }),

/***/ 1764:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  q: () => (/* binding */ launch)
});

;// CONCATENATED MODULE: external "node:timers/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:timers/promises");
;// CONCATENATED MODULE: ./packages/shared/src/clock.ts

/**
 * The machine's clock, sped up by a factor.
 *
 * Two processes agree on the time when they share factor and origin: now = origin + (real now - origin) × factor.
 *
 * @param factor how many seconds pass for the program in one real second; 1 outside of the local cloud
 * @param origin the real instant at which both clocks showed the same; default: this call
 */
function systemClock(factor = 1, origin = Date.now() / 1000) {
    return {
        now: () => origin + (Date.now() / 1000 - origin) * factor,
        sleep: async (time, signal) => {
            await (0,promises_namespaceObject.setTimeout)((time * 1000) / factor, undefined, signal === undefined ? {} : { signal });
        },
    };
}
/**
 * Reads how time is compressed on the local cloud: `20`, or `20@1763791200.5` with the origin that the cloud's own clock has.
 *
 * @returns undefined where the text is neither, or the factor is not between 1 and 1000
 */
function parseTimeFactor(text) {
    const match = /^(\d{1,4}(?:\.\d{1,3})?)(?:@(\d{1,12}(?:\.\d{1,6})?))?$/.exec(text.trim());
    if (match === null)
        return undefined;
    const factor = Number(match[1]);
    if (factor < 1 || factor > 1000)
        return undefined;
    return match[2] === undefined ? { factor } : { factor, origin: Number(match[2]) };
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(3024);
;// CONCATENATED MODULE: ./packages/shared/src/github/context.ts

/** Reads the run's facts: https://docs.github.com/actions/reference/workflows-and-actions/variables */
function runContext(environment) {
    const of = (name) => environment[name] ?? "";
    const server = of("GITHUB_SERVER_URL");
    const repository = of("GITHUB_REPOSITORY");
    const runId = of("GITHUB_RUN_ID");
    return {
        repository,
        commit: of("GITHUB_SHA"),
        ref: of("GITHUB_REF"),
        actor: of("GITHUB_TRIGGERING_ACTOR") || of("GITHUB_ACTOR"),
        eventName: of("GITHUB_EVENT_NAME"),
        runId,
        runAttempt: of("GITHUB_RUN_ATTEMPT") || "1",
        job: of("GITHUB_JOB"),
        workflow: of("GITHUB_WORKFLOW"),
        runUrl: server !== "" && repository !== "" && runId !== "" ? `${server}/${repository}/actions/runs/${runId}` : undefined,
        apiUrl: of("GITHUB_API_URL") || "https://api.github.com",
        local: of("GITHUB_ACTIONS") !== "true" || of("ACT") === "true",
    };
}
/** The webhook payload that started the run, or an empty object where there is none. */
function eventPayload(environment) {
    const path = environment["GITHUB_EVENT_PATH"];
    if (path === undefined || path === "")
        return {};
    try {
        const parsed = JSON.parse(readFileSync(path, "utf8"));
        return typeof parsed === "object" && parsed !== null ? parsed : {};
    }
    catch {
        return {};
    }
}

// EXTERNAL MODULE: ./packages/shared/src/text/sanitise.ts
var sanitise = __nccwpck_require__(245);
;// CONCATENATED MODULE: ./packages/shared/src/github/commands.ts
// Workflow commands, https://docs.github.com/actions/reference/workflow-commands-for-github-actions. @actions/core has them too, but
// loads an HTTP client with them, half of an action's start-up (docs/adr/0001); core does what needs files or the network.
const escapeData = (text) => text.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
const escapeProperty = (text) => escapeData(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
/** One workflow command as a line for stdout. */
function workflowCommand(name, properties, data) {
    const given = Object.entries(properties).filter(([, value]) => value !== undefined && value !== "");
    const list = given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(",");
    return `::${name}${list === "" ? "" : ` ${list}`}::${escapeData(data)}`;
}

;// CONCATENATED MODULE: ./packages/shared/src/github/runner.ts



/** GitHub drops a step's summary of more than 1 MiB: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits */
const summaryLimit = 1_000_000;
/** Texts shorter than this are not masked. */
const shortestMask = 4;
/** The forms in which a secret may turn up: itself, each of its lines (the runner masks line by line), as the sanitiser leaves it, inside JSON. */
function formsOf(value) {
    const forms = [value, ...value.split(/\r?\n/), (0,sanitise/* plain */.pj)(value), JSON.stringify(value).slice(1, -1)];
    return [...new Set(forms)].filter((form) => form.trim().length >= shortestMask);
}
/** The beginning of a text, in whole lines where it is cut. */
function cutToBytes(text, limit) {
    const bytes = Buffer.from(text);
    if (bytes.length <= limit)
        return text;
    const cut = bytes.subarray(0, bytes.lastIndexOf(10, limit));
    return `${cut.toString("utf8")}\n\n…\n`;
}
/** The runner that the environment describes; outside of GitHub Actions outputs are only logged. */
function githubRunner(environment, write) {
    const masked = new Set();
    // The longest first: a secret inside another one must not cut it into a rest that nobody knows. Sorted when first needed: a run over
    // hundreds of secrets masks thousands of values before it says a word.
    let inOrder;
    const hide = (text) => {
        inOrder ??= [...masked].sort((one, other) => other.length - one.length);
        return inOrder.reduce((result, value) => result.replaceAll(value, "***"), text);
    };
    // Where no runner takes the command and its value away, it would show what it is to hide.
    const tell = environment["GITHUB_ACTIONS"] === "true" ? (form) => write(workflowCommand("add-mask", {}, form)) : () => undefined;
    // A secret may be hidden from `hide` by characters that the sanitiser takes out, or by those that it puts in.
    const shown = (text) => hide((0,sanitise/* plain */.pj)(hide(text)));
    return {
        hide,
        log: (text) => write((0,sanitise/* forLog */.Ig)(shown(text))),
        startGroup: (title) => write(workflowCommand("group", {}, shown(title))),
        endGroup: () => write(workflowCommand("endgroup", {}, "")),
        annotate: (level, message, { title, file, line, endLine } = {}) => write(workflowCommand(level, { title: title && shown(title), file: file && shown(file), line, endLine: endLine && Math.max(endLine, line ?? 1) }, shown(message))),
        mask: (value) => {
            for (const form of formsOf(value).filter((one) => !masked.has(one))) {
                masked.add(form);
                inOrder = undefined;
                tell(form);
            }
        },
        output: (name, value) => appendPair(environment["GITHUB_OUTPUT"], name, hide(value)),
        saveState: (name, value) => appendPair(environment["GITHUB_STATE"], name, value),
        summary: (markdown) => {
            const path = environment["GITHUB_STEP_SUMMARY"];
            if (path !== undefined && path !== "")
                (0,external_node_fs_.appendFileSync)(path, `${cutToBytes(hide(markdown), summaryLimit)}\n`);
        },
        oidcToken: async (audience) => await (await __nccwpck_require__.e(/* import() */ 421).then(__nccwpck_require__.bind(__nccwpck_require__, 6421))).getIDToken(audience),
    };
}
/** Appends `name<<delimiter` to a runner's file; the delimiter is random, so no value can end it early. */
function appendPair(path, name, value) {
    if (path === undefined || path === "")
        return;
    const delimiter = `end_${crypto.randomUUID()}`;
    (0,external_node_fs_.appendFileSync)(path, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

// EXTERNAL MODULE: ./packages/shared/src/problems.ts
var src_problems = __nccwpck_require__(7971);
;// CONCATENATED MODULE: ./packages/shared/src/action/config-file.ts



/**
 * Adds the inputs of `config-file` (YAML or JSON, a map from input name to value) to those given in the workflow, which win.
 *
 * @throws Trouble of kind `input` for a file that cannot be read, an unknown name, a secret in the file
 */
async function withConfigFile(spec, given) {
    const path = given["config-file"]?.trim();
    if (path === undefined || path === "")
        return given;
    const values = await parseMap(path);
    const wrong = Object.keys(values).flatMap((name) => {
        const field = Object.hasOwn(spec, name) ? spec[name] : undefined;
        if (field === undefined || name === "config-file")
            return [(0,src_problems/* problem */.CC)("input", `config-file: ${(0,sanitise/* oneLine */.TN)(path, 80)} sets "${(0,sanitise/* oneLine */.TN)(name, 80)}", which is no input of this action.`)];
        if (field.secret)
            return [(0,src_problems/* problem */.CC)("input", `config-file: ${(0,sanitise/* oneLine */.TN)(path, 80)} sets ${name}, a secret; give it in the workflow, from secrets.`)];
        return [];
    });
    if (wrong.length > 0)
        throw new src_problems/* Trouble */.qm(wrong);
    const fromFile = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, asText(value)]));
    const fromWorkflow = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value.trim() !== ""));
    return { ...fromFile, ...fromWorkflow };
}
async function parseMap(path) {
    const shown = (0,sanitise/* oneLine */.TN)(path, 80);
    let parsed;
    try {
        const content = (0,external_node_fs_.readFileSync)(path, "utf8");
        const { parse } = await __nccwpck_require__.e(/* import() */ 815).then(__nccwpck_require__.t.bind(__nccwpck_require__, 8815, 19));
        parsed = parse(content, { maxAliasCount: 100 });
    }
    catch (error) {
        throw (0,src_problems/* inputTrouble */.KL)(`config-file: ${shown} cannot be read: ${(0,sanitise/* oneLine */.TN)(error.message, 200)}`);
    }
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
        throw (0,src_problems/* inputTrouble */.KL)(`config-file: ${shown} is no map from input names to values.`);
    return parsed;
}
/** A list in the file is what a list of lines is in the workflow; other structures stay JSON. */
function asText(value) {
    if (value === null || value === undefined)
        return "";
    if (Array.isArray(value) && value.every((item) => typeof item !== "object"))
        return value.join("\n");
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}

// EXTERNAL MODULE: ./packages/shared/src/action/inputs.ts
var inputs = __nccwpck_require__(6133);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(6760);
;// CONCATENATED MODULE: ./packages/shared/src/action/journal.ts



/** `20261122-034801`, in UTC. */
function fileStamp(now) {
    const [day, time] = new Date(now * 1000).toISOString().slice(0, 19).split("T");
    return `${day.replaceAll("-", "")}-${time.replaceAll(":", "")}`;
}
/**
 * Opens `{directory}/{name}-YYYYMMDD-HHMMSS.log`. A log file that cannot be written never stops a deployment: it is said once.
 */
function openJournal(runner, directory, name, now) {
    const path = (0,external_node_path_.join)(directory, `${name}-${fileStamp(now())}.log`);
    let writable = true;
    const append = (text) => {
        if (!writable)
            return;
        const time = new Date(now() * 1000).toISOString();
        try {
            (0,external_node_fs_.mkdirSync)(directory, { recursive: true });
            const lines = runner.hide((0,sanitise/* plain */.pj)(text)).split("\n");
            (0,external_node_fs_.appendFileSync)(path, lines.map((line) => `${time} ${line}\n`).join(""));
        }
        catch (error) {
            writable = false;
            runner.log(`The log file ${path} cannot be written (${error.message}); going on without it.`);
        }
    };
    const say = (text) => {
        runner.log(text);
        append(text);
    };
    const startGroup = (title) => {
        runner.startGroup(title);
        append(`── ${title}`);
    };
    const endGroup = () => runner.endGroup();
    return {
        path,
        say,
        startGroup,
        endGroup,
        group: async (title, body) => {
            startGroup(title);
            try {
                return await body();
            }
            finally {
                endGroup();
            }
        },
        annotate: (level, message, place) => {
            runner.annotate(level, message, place);
            append(`${level}: ${message}`);
        },
    };
}

;// CONCATENATED MODULE: ./packages/shared/src/action/launch.ts







/** Runs an action from inputs to exit code. Never throws. */
async function launch(action, process) {
    const { environment } = process;
    const runner = githubRunner(environment, process.write);
    const controller = new AbortController();
    process.onCancel((signal) => controller.abort(new Error(`cancelled by ${signal}`)));
    try {
        const given = (0,inputs/* rawInputs */.me)(action.spec, environment);
        for (const value of (0,inputs/* secretValues */.VX)(action.spec, given))
            runner.mask(value);
        const config = action.read(action.ownConfigFile === true ? given : await withConfigFile(action.spec, given), environment);
        const clock = localClock(process);
        const journal = openJournal(runner, action.logDirectory(config), action.logName ?? action.name, () => clock.now());
        const base = { runner, journal, clock, environment, context: runContext(environment), cancelled: controller.signal };
        await finish(action, config, base, await runToResult(action, config, base), process);
    }
    catch (error) {
        // Only wrong inputs and our own defects get here: nothing has been asked of AWS yet.
        const problems = (0,src_problems/* problemsOf */.GW)(error);
        explain((line) => runner.log(line), problems, error, environment);
        runner.annotate("error", problems.map((one) => one.what).join("\n"), { title: action.name });
        runner.output("outcome", "failed");
        runner.output("reason", problems.map((one) => one.what).join(" "));
        process.fail();
    }
}
async function runToResult(action, config, base) {
    try {
        return await action.run(config, base);
    }
    catch (error) {
        const problems = (0,src_problems/* problemsOf */.GW)(error);
        explain((line) => base.journal.say(line), problems, error, base.environment);
        return { outcome: "failed", ok: false, reason: problems.map((one) => one.what).join(" ") };
    }
}
async function finish(action, config, base, result, process) {
    const { runner, journal } = base;
    const outputs = { outcome: result.outcome, reason: result.reason, "log-path": journal.path, ...result.outputs };
    for (const [name, value] of Object.entries(outputs))
        runner.output(name, value);
    if (result.reportPath !== undefined)
        runner.output("report-path", result.reportPath);
    if (result.summary !== undefined)
        runner.summary(result.summary);
    if (!result.ok) {
        runner.annotate("error", result.mend === undefined ? result.reason : `${result.reason}\n${result.mend}`, {
            title: `${action.name}: ${result.outcome}`,
        });
        process.fail();
    }
    try {
        await action.tell?.(config, result, base);
    }
    catch (error) {
        journal.annotate("warning", `The notification could not be sent: ${(0,src_problems/* problemsOf */.GW)(error)
            .map((one) => one.what)
            .join(" ")}`);
    }
}
function explain(say, problems, error, environment) {
    for (const one of problems) {
        say(`✖ ${one.what}`);
        if (one.mend !== undefined)
            say(indent(one.mend));
    }
    const stack = error instanceof Error && problems.some((one) => one.kind === "bug") ? error.stack : undefined;
    if (stack !== undefined && environment["RUNNER_DEBUG"] === "1")
        say(stack);
}
const indent = (text) => text.replace(/^/gm, "  ");
/** Time may be compressed only where every AWS endpoint is this machine's own. */
function localClock({ environment, timeFactor }) {
    const endpoint = environment["AWS_ENDPOINT_URL"] ?? "";
    const isLocal = /^https?:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?\/?$/.test(endpoint);
    const scale = isLocal && timeFactor !== undefined ? parseTimeFactor(timeFactor) : undefined;
    return systemClock(scale?.factor, scale?.origin);
}


/***/ }),

/***/ 7839:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   W: () => (/* binding */ thisProcess)
/* harmony export */ });
/** The real process, for main.ts alone. The step fails through the exit code, so that outputs and logs are flushed first. */
const thisProcess = () => ({
    environment: process.env,
    write: (line) => {
        process.stdout.write(`${line}\n`);
    },
    fail: () => {
        process.exitCode = 1;
    },
    onCancel: (listener) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
            process.on(signal, () => listener(signal));
    },
});


/***/ }),

/***/ 1318:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   My: () => (/* binding */ causeKind),
/* harmony export */   dg: () => (/* binding */ isTransient),
/* harmony export */   np: () => (/* binding */ awsTrouble)
/* harmony export */ });
/* unused harmony exports failureKind, awsMessage */
/* harmony import */ var _problems_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(7971);
/* harmony import */ var _text_sanitise_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(245);


const throttlingNames = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceededException.*rate|BandwidthLimitExceeded|PriorRequestNotComplete/i;
const deniedNames = /AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError|Forbidden/i;
const expiredNames = /ExpiredToken|ExpiredCredential|RequestExpired|InvalidClientTokenId|UnrecognizedClient|CredentialsProviderError|TokenRefreshRequired/i;
const missingNames = /NotFound|NoSuch|DoesNotExist|ResourceNotFound|ClusterNotFound|ServiceNotFound|\b404\b/i;
// Whole words: "ResourceNotFoundException" has "eNotFound" in it.
const lostCodes = /\b(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|TimeoutError|AbortError|socket hang up|NetworkingError)\b/i;
/** Sorts a failed AWS call by what can be done about it. */
function failureKind(error) {
    const { name = "", code = "", message = "", $metadata, $retryable } = (error ?? {});
    const status = $metadata?.httpStatusCode;
    if ($retryable?.throttling === true || throttlingNames.test(name) || status === 429)
        return "throttled";
    if (expiredNames.test(name))
        return "expired";
    if (deniedNames.test(name))
        return "denied";
    if (status !== undefined && status >= 500)
        return "broken";
    if (lostCodes.test(`${code} ${name}`) || (status === undefined && lostCodes.test(message)))
        return "lost";
    if (missingNames.test(name))
        return "missing";
    return "refused";
}
/** Whether the very same call may succeed a moment later. */
const isTransient = (error) => ["throttled", "broken", "lost"].includes(failureKind(error));
/** `AccessDeniedException: … (request 1234)`: what AWS said, on one line, without anything that could fool a log. */
function awsMessage(error) {
    const { name = "Error", message = "", $metadata } = (error ?? {});
    const request = $metadata?.requestId === undefined ? "" : ` (request ${(0,_text_sanitise_js__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)($metadata.requestId, 60)})`;
    return `${(0,_text_sanitise_js__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(name, 80)}: ${(0,_text_sanitise_js__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(message, 400)}${request}`;
}
const hints = {
    throttled: "AWS limits the rate of these calls; run again in a minute, or ask AWS for a higher limit.",
    broken: "AWS answered with an error of its own; run again, and look at https://health.aws.amazon.com/.",
    lost: "No answer came; check the runner's network, proxy and the region, then run again.",
    denied: "Grant the permission to the role, as in infra/policies/.",
    expired: "The credentials are not valid or have expired; use oidc-role-to-assume so that they can be renewed.",
    missing: "Check the name, the account and the region.",
    refused: "The call was not accepted as it stands.",
};
/** A failed AWS call as trouble that names call and mending; trouble stays what it is. */
function awsTrouble(operation, error) {
    if (error instanceof _problems_js__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .qm)
        return error;
    const kind = failureKind(error);
    return (0,_problems_js__WEBPACK_IMPORTED_MODULE_0__/* .cloudTrouble */ .J6)(`${operation} failed: ${awsMessage(error)}`, hints[kind], error);
}
/** The failure behind trouble that an AWS call caused, or undefined where it was none. */
function causeKind(error) {
    if (error instanceof _problems_js__WEBPACK_IMPORTED_MODULE_0__/* .Trouble */ .qm)
        return error.cause === undefined ? undefined : failureKind(error.cause);
    return error instanceof Error ? failureKind(error) : undefined;
}


/***/ }),

/***/ 3156:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   CD: () => (/* binding */ environmentField),
/* harmony export */   E4: () => (/* binding */ environmentClass),
/* harmony export */   EE: () => (/* binding */ commandField),
/* harmony export */   Gx: () => (/* binding */ minutes),
/* harmony export */   M2: () => (/* binding */ environmentClassField),
/* harmony export */   RV: () => (/* binding */ applicationField),
/* harmony export */   Tk: () => (/* binding */ awsSettings),
/* harmony export */   U9: () => (/* binding */ isLoopback),
/* harmony export */   dG: () => (/* binding */ commonFields)
/* harmony export */ });
/* unused harmony exports awsFields, reportingFields */
/* harmony import */ var _action_fields_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(2593);
/* harmony import */ var _problems_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(7971);


const regionPattern = /^[a-z]{2}(-[a-z]+)+-\d$/;
/** Inputs that every AWS action has. */
const awsFields = {
    "aws-region": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)(regionPattern, "a region such as eu-central-1")),
    "oidc-role-to-assume": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .arn */ .Cm)("iam")),
    "role-to-assume": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .arn */ .Cm)("iam")),
    "role-external-id": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)(/^[\w+=,.@:/-]{2,1224}$/, "2 to 1224 letters, digits or +=,.@:/-")),
    "role-session-name": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)(/^[\w+=,.@-]{2,64}$/, "2 to 64 letters, digits or +=,.@-")),
    "expected-account-id": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)(/^\d{12}$/, "12 digits")),
    "allow-custom-endpoint": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .flag */ .Jt)(false),
};
/** Inputs of every action about telling people. */
const reportingFields = {
    "github-token": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .secret */ .rJ)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)())),
    "notify-on": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .withDefault */ .IQ)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .list */ .p_)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .oneOf */ .yL)("success", "rollback", "failure")), "success,rollback,failure"),
    "notify-sns-topic-arn": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .arn */ .Cm)("sns")),
    "notify-slack-webhook-url": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .secret */ .rJ)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .url */ .OZ)({ localHttp: true }))),
    "notify-webhook-url": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .secret */ .rJ)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .url */ .OZ)({ localHttp: true }))),
    "notify-webhook-secret": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .secret */ .rJ)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)())),
    contacts: (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .block */ .om)()),
    "log-directory": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .withDefault */ .IQ)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)(), "logs"),
    "config-file": (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)()),
};
const commonFields = { ...awsFields, ...reportingFields };
const environmentClassField = (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .optional */ .lq)((0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .oneOf */ .yL)("production", "non-production"));
const environmentClass = (given, environment) => given ?? (environment.toLowerCase().startsWith("prod") ? "production" : "non-production");
/**
 * Settles region, roles and endpoints.
 *
 * @throws Trouble of kind `input` where no region is known, or an endpoint variable points somewhere it must not:
 *   a poisoned environment file would otherwise send tokens to a stranger
 */
function awsSettings(values, environment, neededFor = 0) {
    const region = values["aws-region"] ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"];
    if (region === undefined || !regionPattern.test(region)) {
        throw (0,_problems_js__WEBPACK_IMPORTED_MODULE_1__/* .inputTrouble */ .KL)("aws-region: no region is known; accepted: a region such as eu-central-1.", "with:\n  aws-region: eu-central-1");
    }
    const endpoints = customEndpoints(environment);
    const foreign = endpoints.filter(([, address]) => !isLoopback(address));
    if (foreign.length > 0 && !values["allow-custom-endpoint"]) {
        throw (0,_problems_js__WEBPACK_IMPORTED_MODULE_1__/* .inputTrouble */ .KL)(`${foreign.map(([name]) => name).join(", ")}: the environment sends AWS calls to an endpoint that is not on this machine, which allow-custom-endpoint does not permit.`, "Remove the variable, or, when the endpoint is yours (a VPC endpoint, an emulator): allow-custom-endpoint: true");
    }
    return {
        region,
        oidcRole: values["oidc-role-to-assume"],
        role: values["role-to-assume"],
        externalId: values["role-external-id"],
        sessionName: values["role-session-name"] ?? sessionName(environment),
        expectedAccount: values["expected-account-id"],
        neededFor,
        loopbackEndpoint: endpoints.length > 0 && foreign.length === 0,
    };
}
const customEndpoints = (environment) => Object.entries(environment).flatMap(([name, value]) => /^AWS_ENDPOINT_URL(_[A-Z0-9_]+)?$/.test(name) && value !== undefined && value !== "" ? [[name, value]] : []);
/** Whether an address is on this machine. `localhost` counts: https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
function isLoopback(address) {
    if (!URL.canParse(address))
        return false;
    const host = new URL(address).hostname;
    return host === "localhost" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
function sessionName(environment) {
    const repository = environment["GITHUB_REPOSITORY"] ?? "local";
    return `${repository}-${environment["GITHUB_RUN_ID"] ?? "0"}`.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);
}
/** Name of an application: the first part of every name by convention. */
const applicationField = (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)(/^[a-zA-Z][a-zA-Z0-9-]{0,62}$/, "a name of letters, digits and hyphens that begins with a letter, at most 63");
const environmentField = (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .text */ .Qq)(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/, "a name of letters, digits and hyphens, at most 63");
/** For durations given in minutes. */
const minutes = (min, max) => (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .duration */ .p0)("m", min, max);
/** A JSON list of texts, as a command for a container. */
const commandField = (0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .custom */ .Ie)((raw) => {
    try {
        const parsed = JSON.parse(raw);
        if (Array.isArray(parsed) && parsed.length > 0 && parsed.every((part) => typeof part === "string"))
            return parsed;
    }
    catch {
        // Falls through to the refusal, which says what is accepted.
    }
    throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_('a JSON list of texts, such as ["npm", "run", "migrate"]');
});


/***/ }),

/***/ 8655:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Ad: () => (/* binding */ readJsonPath),
/* harmony export */   og: () => (/* binding */ jsonAt),
/* harmony export */   s$: () => (/* binding */ jsonText)
/* harmony export */ });
const step = /^(?:\.([\p{L}\p{N}_-]+)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\])/u;
/**
 * Reads the part of JSONPath (https://www.rfc-editor.org/rfc/rfc9535) that names one value: `$`, `.key`, `["key"]`, `[0]`. The rest
 * (filters, wildcards) has no place in an equality check, and the libraries that offer it evaluate code for it.
 *
 * @returns the steps and what follows them; undefined where the text does not begin with a path
 */
function readJsonPath(text) {
    if (!text.startsWith("$"))
        return undefined;
    const steps = [];
    let rest = text.slice(1);
    for (let match = step.exec(rest); match !== null; match = step.exec(rest)) {
        const quoted = match[3] ?? match[4];
        steps.push(match[1] ?? (match[2] === undefined ? (quoted ?? "").replace(/\\(.)/g, "$1") : Number(match[2])));
        rest = rest.slice(match[0].length);
    }
    return { steps, rest };
}
/** The value at a path; undefined where there is none. Only what the JSON itself holds is found, nothing inherited. */
function jsonAt(value, steps) {
    let current = value;
    for (const one of steps) {
        if (typeof current !== "object" || current === null || !Object.hasOwn(current, one))
            return undefined;
        current = current[one];
    }
    return current;
}
/** How a JSON value is written where a check expects it: texts bare, everything else as JSON. */
const jsonText = (value) => (typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"));


/***/ }),

/***/ 2934:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Ct: () => (/* binding */ fillPlaceholders),
/* harmony export */   k6: () => (/* binding */ healthChecksField)
/* harmony export */ });
/* unused harmony exports parseHealthChecks, parseHealthCheck */
/* harmony import */ var _action_fields_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(2593);
/* harmony import */ var _text_sanitise_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(245);
/* harmony import */ var _http_json_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(8655);



const placeholders = ["colour", "revision", "image", "version"];
const placeholder = /\{([a-z]+)\}/g;
const syntax = "name url [status=200] [header:Name=value] [$.json.path=value]";
const namePattern = /^[a-zA-Z0-9][\w-]{0,62}$/;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** Fields that belong to the connection and not to the request: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const connectionHeaders = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|accept-encoding)$/i;
const mostChecks = 20;
/** The `health-checks` input: one check a line, every wrong line reported. `#` begins a comment line. */
const healthChecksField = { ...(0,_action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .custom */ .Ie)(parseHealthChecks), fallback: "" };
/** @throws Refusal that names each wrong line */
function parseHealthChecks(text) {
    const lines = text.split("\n").map((line) => line.trim());
    const checks = [];
    const wrong = [];
    for (const [index, line] of lines.entries()) {
        if (line === "" || line.startsWith("#"))
            continue;
        try {
            const check = parseHealthCheck(line);
            if (checks.some((other) => other.name === check.name))
                throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_(`each name once ("${check.name}" is there twice)`);
            checks.push(check);
        }
        catch (error) {
            if (!(error instanceof _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_))
                throw error;
            wrong.push(`in line ${index + 1}: ${error.accepted}`);
        }
    }
    if (checks.length > mostChecks)
        wrong.push(`at most ${mostChecks} checks`);
    if (wrong.length > 0)
        throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_(`lines of the form "${syntax}"; ${wrong.slice(0, 10).join("; ")}`);
    return checks;
}
/** One line. @throws Refusal */
function parseHealthCheck(line) {
    const [name = "", url = "", ...rest] = words(line);
    if (!namePattern.test(name))
        throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_("a name of letters, digits, _ and - first, at most 63");
    checkUrl(url);
    const statuses = [];
    const headers = [];
    const json = [];
    for (const word of rest) {
        if (word.startsWith("status="))
            statuses.push(...word.slice(7).split(",").map(statusRange));
        else if (word.startsWith("header:"))
            headers.push(header(word.slice(7)));
        else if (word.startsWith("$"))
            json.push(expectation(word));
        else
            throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_(`status=…, header:Name=value or $.path=value after the URL, not "${(0,_text_sanitise_js__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(word, 40)}"`);
    }
    for (const { value } of [...headers, ...json])
        checkPlaceholders(value);
    return { name, url, statuses: statuses.length > 0 ? statuses : [{ from: 200, to: 200 }], headers, json };
}
/** Words between spaces. Double quotes hold a value with spaces together: `header:X-Name="a b"`. */
function words(line) {
    const found = [];
    // A JSON path keeps the quotes inside its brackets; all others only group, and a backslash takes the next character as it is.
    const word = /(?:\["(?:[^"\\]|\\.)*"\]|"(?:[^"\\]|\\.)*"|[^\s"])+/gy;
    let rest = line.trim();
    while (rest !== "") {
        word.lastIndex = 0;
        const match = word.exec(rest);
        if (match === null)
            throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_("an even number of double quotes");
        found.push(match[0].replace(/(\["(?:[^"\\]|\\.)*"\])|"((?:[^"\\]|\\.)*)"/g, (_, path, quoted = "") => path ?? unquote(quoted)));
        rest = rest.slice(match[0].length).trimStart();
    }
    return found;
}
const unquote = (text) => text.replace(/\\(.)/g, "$1");
function checkUrl(url) {
    const accepted = "an https or http URL without a user name or password second";
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
        throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_(accepted);
    const { username, password, hostname } = new URL(url);
    if (username !== "" || password !== "" || hostname === "")
        throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_(accepted);
}
function statusRange(text) {
    const family = /^([1-5])xx$/i.exec(text);
    if (family !== null)
        return { from: Number(family[1]) * 100, to: Number(family[1]) * 100 + 99 };
    const range = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text);
    const [from, to] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
    if (range === null || from > to)
        throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_("statuses such as status=200, status=200,204, status=2xx or status=200-299");
    return { from, to };
}
function header(text) {
    const cut = text.indexOf("=");
    const [name, value] = [text.slice(0, cut), text.slice(cut + 1)];
    if (cut < 1 || !headerName.test(name) || !/^[\t\x20-\x7e]{0,4096}$/.test(value)) {
        throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_("header:Name=value with a name and a value that HTTP allows (printable ASCII)");
    }
    if (connectionHeaders.test(name))
        throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_(`no header ${name}: it belongs to the connection`);
    return { name, value };
}
function expectation(word) {
    const path = (0,_http_json_js__WEBPACK_IMPORTED_MODULE_2__/* .readJsonPath */ .Ad)(word);
    if (path === undefined || !path.rest.startsWith("=")) {
        throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_('a path of keys and indexes and its value, such as $.status=ok, $.checks[0].state=up or $["a key"]=x');
    }
    return { path: word.slice(0, word.length - path.rest.length), steps: path.steps, value: path.rest.slice(1) };
}
function checkPlaceholders(value) {
    for (const [whole, name = ""] of value.matchAll(placeholder)) {
        if (!placeholders.includes(name))
            throw new _action_fields_js__WEBPACK_IMPORTED_MODULE_0__/* .Refusal */ .P_(`the placeholders ${placeholders.map((one) => `{${one}}`).join(", ")}, not ${whole}`);
    }
}
/** The check with its placeholders filled, so that its answer proves which version gave it. */
function fillPlaceholders(check, values) {
    const fill = (text) => text.replace(placeholder, (_, name) => values[name]);
    return {
        ...check,
        headers: check.headers.map((one) => ({ ...one, value: fill(one.value) })),
        json: check.json.map((one) => ({ ...one, value: fill(one.value) })),
    };
}


/***/ }),

/***/ 7971:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   CC: () => (/* binding */ problem),
/* harmony export */   GW: () => (/* binding */ problemsOf),
/* harmony export */   J6: () => (/* binding */ cloudTrouble),
/* harmony export */   KL: () => (/* binding */ inputTrouble),
/* harmony export */   lE: () => (/* binding */ deploymentTrouble),
/* harmony export */   qm: () => (/* binding */ Trouble),
/* harmony export */   xb: () => (/* binding */ assertNever)
/* harmony export */ });
/** Ends a run with one or more problems; everything thrown on purpose is one of these. */
class Trouble extends Error {
    problems;
    constructor(problems, options) {
        const list = Array.isArray(problems) ? problems : [problems];
        super(list.map((problem) => problem.what).join("\n"), options);
        this.name = "Trouble";
        this.problems = list;
    }
}
const inputTrouble = (what, mend) => new Trouble(problem("input", what, mend));
const cloudTrouble = (what, mend, cause) => new Trouble(problem("cloud", what, mend), { cause });
const deploymentTrouble = (what, mend) => new Trouble(problem("deployment", what, mend));
function problem(kind, what, mend) {
    return mend === undefined ? { kind, what } : { kind, what, mend };
}
/** The problems of anything thrown: what is not a Trouble is our own bug. */
function problemsOf(error) {
    if (error instanceof Trouble)
        return error.problems;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return [problem("bug", `internal error: ${message}`, "This is a defect of the action. Please report it with the log file.")];
}
/** Marks code that no value can reach. */
function assertNever(value) {
    throw new Error(`unhandled case ${JSON.stringify(value)}`);
}


/***/ }),

/***/ 6959:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   KQ: () => (/* binding */ dateTime),
/* harmony export */   aG: () => (/* binding */ wordOf),
/* harmony export */   bN: () => (/* binding */ badgeOf),
/* harmony export */   jo: () => (/* binding */ moodOf),
/* harmony export */   qo: () => (/* binding */ clockTime)
/* harmony export */ });
const moods = {
    succeeded: "good",
    unchanged: "neutral",
    planned: "neutral",
    status: "neutral",
    "rolled-back": "bad",
    "rollback-failed": "bad",
    inconclusive: "warning",
    cancelled: "warning",
    failed: "bad",
};
const moodOf = (outcome) => moods[outcome];
const badges = { good: "✅", bad: "❌", warning: "⚠️", neutral: "ℹ️" };
const badgeOf = (outcome) => badges[moodOf(outcome)];
const words = {
    succeeded: "succeeded",
    unchanged: "nothing to do",
    planned: "plan",
    status: "status",
    "rolled-back": "rolled back",
    "rollback-failed": "ROLLBACK FAILED",
    inconclusive: "inconclusive",
    cancelled: "cancelled",
    failed: "failed",
};
/** The outcome in the words of a headline. */
const wordOf = (outcome) => words[outcome];
/** `03:48:01` in UTC. */
const clockTime = (at) => new Date(at * 1000).toISOString().slice(11, 19);
/** `2026-11-22 03:48:01 UTC`. */
const dateTime = (at) => `${new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;


/***/ }),

/***/ 8397:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   cg: () => (/* binding */ resample),
/* harmony export */   ee: () => (/* binding */ spanOf),
/* harmony export */   zi: () => (/* binding */ errorRate)
/* harmony export */ });
/* unused harmony exports trafficOf, weightsOver */
const minute = 60;
/** The sum of what is known; undefined where nothing is. */
function sum(values) {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}
const highest = (values) => values.reduce((most, value) => (value === undefined ? most : Math.max(most ?? value, value)), undefined);
/** The mean, each value counting as much as its weight. */
function mean(values) {
    const known = values.flatMap(([value, weight]) => (value === undefined ? [] : [[value, weight]]));
    const total = known.reduce((all, [, weight]) => all + weight, 0);
    return total === 0 ? undefined : known.reduce((all, [value, weight]) => all + value * weight, 0) / total;
}
/**
 * One colour's traffic from the minutes of its target groups.
 *
 * @param weightAt percent of new connections that the colour had at a time, where that is known
 */
function trafficOf(groups, weightAt = () => undefined) {
    const minutes = groups.flatMap((group) => group.minutes);
    const starts = [...new Set(minutes.map(({ start }) => start))].sort((one, other) => one - other);
    return starts.map((start) => {
        const here = minutes.filter((one) => one.start === start);
        const requests = sum(here.map((one) => one.requests));
        const errors = sum(here.map((one) => one.targetErrors + one.connectionErrors));
        return {
            at: start,
            length: minute,
            requests,
            // Without a count of requests an absent error says nothing.
            errors: requests === undefined && errors === 0 ? undefined : errors,
            responseTime: highest(here.map((one) => one.responseTime)),
            weight: weightAt(start + minute / 2),
        };
    });
}
/** Weights as they were set, rising by time: a function that tells the one in force at a time. */
function weightsOver(changes) {
    return (at) => changes.findLast((change) => change.at <= at)?.weight;
}
/**
 * Equal stretches of time over a span, each with what the points that begin in it have. A stretch without points is unknown.
 *
 * @param count how many stretches, at least 1
 */
function resample(points, from, to, count) {
    const length = Math.max(to - from, 1) / count;
    return Array.from({ length: count }, (_, index) => {
        const begin = from + index * length;
        const last = index === count - 1;
        const inside = points.filter(({ at }) => at >= begin && (at < begin + length || (last && at <= to)));
        return {
            at: begin,
            length,
            requests: sum(inside.map((point) => point.requests)),
            errors: sum(inside.map((point) => point.errors)),
            responseTime: highest(inside.map((point) => point.responseTime)),
            weight: mean(inside.map((point) => [point.weight, point.length])),
        };
    });
}
/** Percent of the requests that failed; undefined without requests. */
function errorRate({ requests, errors }) {
    if (requests === undefined || requests === 0)
        return errors !== undefined && errors > 0 ? 100 : undefined;
    return Math.min(100, (100 * (errors ?? 0)) / requests);
}
/** When the first thing in a story happened that has a place on the time axis, and the last. */
function spanOf(traffic, began, ended) {
    const from = Math.min(began, ...traffic.slice(0, 1).map(({ at }) => at));
    return [from, Math.max(ended, from + 1, ...traffic.slice(-1).map(({ at, length }) => at + length))];
}


/***/ }),

/***/ 393:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  k$: () => (/* binding */ shortArn),
  eH: () => (/* binding */ summaryMarkdown)
});

// UNUSED EXPORTS: differenceTable, headline, trafficTable, withCommands

// EXTERNAL MODULE: ./packages/shared/src/text/sanitise.ts
var sanitise = __nccwpck_require__(245);
// EXTERNAL MODULE: ./packages/shared/src/units.ts
var units = __nccwpck_require__(8400);
;// CONCATENATED MODULE: ./packages/shared/src/report/markdown.ts

const raw = (markdown) => ({ markdown });
/** What a cell holds when there is nothing to say. */
const nothing = "–";
/** A cell's Markdown, on one line. */
function cell(value) {
    if (value === undefined || value === "")
        return nothing;
    if (typeof value === "object")
        return value.markdown.replace(/\n/g, " ");
    return (0,sanitise/* forMarkdown */.Bm)(String(value));
}
/** A table as GitHub renders it. */
function table(head, rows) {
    const line = (cells) => `| ${cells.join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(cell)))].join("\n");
}
/** What a reader may unfold. */
const fold = (title, body) => `<details><summary>${(0,sanitise/* forMarkdown */.Bm)(title)}</summary>\n\n${body}\n\n</details>`;
/** Parts with an empty line between them, empty ones left out. */
const paragraphs = (parts) => parts.filter((part) => part !== undefined && part !== "").join("\n\n");
/** A link whose text and address are untrusted; plain text where the address is not https. */
function markdown_link(label, address) {
    if (!URL.canParse(address) || new URL(address).protocol !== "https:")
        return (0,sanitise/* forMarkdown */.Bm)(label);
    const target = new URL(address).href.replace(/[()<>\s\\"'`|]/g, (character) => encodeURIComponent(character).replace(/[()']/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`));
    return `[${(0,sanitise/* forMarkdown */.Bm)(label)}](${target})`;
}

// EXTERNAL MODULE: ./packages/shared/src/report/model.ts
var model = __nccwpck_require__(6959);
// EXTERNAL MODULE: ./packages/shared/src/report/series.ts
var series = __nccwpck_require__(8397);
;// CONCATENATED MODULE: ./packages/shared/src/report/mermaid.ts



// Diagrams as GitHub draws them in a summary: https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/creating-diagrams
// The names of diagrams and settings are those that Mermaid has had since 10.6, so older GitHub Enterprise servers draw them too.
/** The lines of blue and green; readable on white and on black. */
const palette = "#3b82f6, #22a35a";
/** So many points fit a summary's width. */
const points = 40;
const kinds = { done: "", failed: "crit, ", running: "active, ", skipped: "done, " };
/** The phases as bars over time, or nothing where there is none. Times are UTC. */
function timelineDiagram({ phases, ended }) {
    if (phases.length === 0)
        return "";
    // Mermaid reads and shows times in the reader's own zone: a time without a zone comes out as it was written.
    const stamp = (at) => new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ");
    const bars = phases.map(({ name, from, to, result }) => {
        // A bar shorter than a second would be nothing at all.
        const until = Math.max(to ?? ended, from + 1);
        return `    ${(0,sanitise/* forMermaid */.DE)(name, 30)} :${kinds[result]}${stamp(from)}, ${stamp(until)}`;
    });
    return (0,sanitise/* asCodeBlock */.BU)(["gantt", "    dateFormat YYYY-MM-DD HH:mm:ss", "    axisFormat %H:%M:%S", "    section UTC", ...bars].join("\n"), "mermaid");
}
/** Requests and error rate by colour over time, or nothing where none were seen. */
function trafficDiagrams({ traffic, began, ended }) {
    const all = [...traffic.blue, ...traffic.green].sort((one, other) => one.at - other.at);
    if (!all.some(({ requests }) => (requests ?? 0) > 0))
        return [];
    const [from, to] = (0,series/* spanOf */.ee)(all, began, ended);
    // No more points than were measured: an empty stretch between two measurements would look like a gap in the traffic.
    const measured = Math.ceil((to - from) / Math.max(...all.map(({ length }) => length), 1));
    const count = Math.max(2, Math.min(points, measured));
    const at = {
        blue: (0,series/* resample */.cg)(traffic.blue, from, to, count),
        green: (0,series/* resample */.cg)(traffic.green, from, to, count),
    };
    const perSecond = (point) => (point.requests ?? 0) / point.length;
    const rates = [...at.blue, ...at.green].map((point) => (0,series/* errorRate */.zi)(point) ?? 0);
    const requests = chart("Requests per second", from, to, [at.blue.map(perSecond), at.green.map(perSecond)]);
    if (Math.max(...rates) === 0)
        return [requests];
    const errors = chart("Failed requests in percent", from, to, [at.blue, at.green].map((line) => line.map((point) => (0,series/* errorRate */.zi)(point) ?? 0)));
    return [requests, errors];
}
function chart(title, from, to, lines) {
    const highest = Math.max(...lines.flat());
    const top = highest === 0 ? 1 : round(highest * 1.1);
    const text = [
        `%%{init: {"xyChart": {"height": 260, "width": 900}, "themeVariables": {"xyChart": {"plotColorPalette": "${palette}"}}}}%%`,
        "xychart-beta",
        `    title "${title}"`,
        `    x-axis "minutes since ${(0,model/* clockTime */.qo)(from)} UTC" 0 --> ${round((to - from) / 60)}`,
        `    y-axis 0 --> ${top}`,
        ...lines.map((line) => `    line [${line.map(round).join(", ")}]`),
    ];
    return (0,sanitise/* asCodeBlock */.BU)(text.join("\n"), "mermaid");
}
/** Three digits are enough for a picture. */
const round = (value) => Number(value.toPrecision(3));

;// CONCATENATED MODULE: ./packages/shared/src/report/summary.ts






/** Rows of the table of traffic, at most. */
const trafficRows = 30;
const logLines = 60;
/**
 * The job summary of a deployment or a rollback, for the engineer who opens the failed run at night: the verdict first, then what
 * users see, what to do, and the lines that put traffic back by hand; everything else below.
 */
function summaryMarkdown(story) {
    return paragraphs([
        `## ${headline(story)}`,
        `**${(0,sanitise/* forMarkdown */.Bm)(story.verdict, 1000)}**`,
        facts(story),
        nextSteps(story),
        byHand(story),
        evidence(story),
        stopsAndLogs(story),
        timeline(story),
        trafficSection(story),
        changesTable(story),
        list("Notes", story.notes),
        events(story),
    ]);
}
/** `❌ shop/staging: rolled back` */
const headline = ({ outcome, application, environment, kind }) => `${(0,model/* badgeOf */.bN)(outcome)} ${(0,sanitise/* forMarkdown */.Bm)(`${application}/${environment}`)}: ${kind === "rollback" ? "emergency rollback " : ""}${(0,model/* wordOf */.aG)(outcome)}`;
function facts(story) {
    const { next, previous, began, ended, switchSeconds, rollbackSeconds, runUrl, actor, commit, askedBecause } = story;
    const seconds = (time) => (time === undefined ? undefined : `${time.toFixed(1)} s`);
    const rows = [
        ["Users see now", `**${cell(story.whatUsersSeeNow)}**`],
        ["Reason given", askedBecause && cell(askedBecause)],
        [story.kind === "rollback" ? "Back to" : "New version", next && version(next)],
        [story.kind === "rollback" ? "Away from" : "Version before", previous && version(previous)],
        ["Switch", seconds(switchSeconds)],
        ["Rollback", seconds(rollbackSeconds)],
        ["When", `${(0,model/* dateTime */.KQ)(began)}, for ${(0,units/* formatDuration */.a3)(ended - began)}`],
        ["Deployment", story.deploymentId && (0,sanitise/* asCode */.qM)(story.deploymentId)],
        ["By", [actor && cell(actor), commit && (0,sanitise/* asCode */.qM)(commit.slice(0, 12)), runUrl && markdown_link("this run", runUrl)].filter(Boolean).join(" · ")],
        ["Contacts", story.contacts && cell(story.contacts)],
    ];
    const given = rows.filter((row) => row[1] !== undefined && row[1] !== "");
    return table(["", ""], given.map(([name, markdown]) => [name, raw(markdown)]));
}
const version = ({ colour, revision, image }) => [colour, (0,sanitise/* asCode */.qM)(shortArn(revision)), image === undefined ? "" : (0,sanitise/* asCode */.qM)(image, 200)].filter((part) => part !== "").join(" · ");
/** `shop:42` of a task definition's ARN. */
const shortArn = (arn) => arn.split("/").at(-1) ?? arn;
const nextSteps = ({ whatToDoNext }) => whatToDoNext.length === 0
    ? undefined
    : `### What to do next\n\n${whatToDoNext.map((step, index) => `${index + 1}. ${withCommands(step)}`).join("\n")}`;
/** Text of ours may hold commands between backquotes, which are shown as code. */
function withCommands(text) {
    return (0,sanitise/* oneLine */.TN)(text, 2000)
        .split(/`([^`]+)`/)
        .map((part, index) => (index % 2 === 1 ? (0,sanitise/* asCode */.qM)(part, 1000) : spaced(part)))
        .join("");
}
/** The sanitiser takes away the spaces at both ends, which separate a text from the code beside it. */
const spaced = (text) => `${/^\s/.test(text) ? " " : ""}${(0,sanitise/* forMarkdown */.Bm)(text, 2000)}${/\S\s$/.test(text) ? " " : ""}`;
function byHand({ byHand: lines, outcome }) {
    if (lines.length === 0)
        return undefined;
    const body = `With the AWS CLI, also while GitHub is down:\n\n${(0,sanitise/* asCodeBlock */.BU)(lines.join("\n"), "sh")}`;
    const title = "Put traffic back by hand";
    // After a success nobody needs the lines today; after anything else they must be seen at once.
    return (0,model/* moodOf */.jo)(outcome) === "good" ? fold(title, body) : `### ${title}\n\n${body}`;
}
const list = (title, lines) => lines.length === 0 ? undefined : `### ${title}\n\n${lines.map((line) => `- ${withCommands(line)}`).join("\n")}`;
const evidence = ({ evidence: lines }) => list("What the verdict rests on", lines);
function stopsAndLogs({ stops, logs }) {
    const rows = stops.map(({ at, task, revision, reason, exitCode }) => [
        at === undefined ? undefined : (0,model/* clockTime */.qo)(at),
        raw((0,sanitise/* asCode */.qM)(task.slice(-12))),
        raw((0,sanitise/* asCode */.qM)(shortArn(revision))),
        exitCode,
        reason,
    ]);
    const tails = logs.filter(({ lines }) => lines.length > 0).map(({ source, lines }) => logTail(source, lines));
    return paragraphs([
        rows.length === 0 ? undefined : `### Stopped tasks\n\n${table(["Time (UTC)", "Task", "Revision", "Exit code", "Reason"], rows)}`,
        tails.length === 0 ? undefined : `### Last log lines\n\n${tails.join("\n\n")}`,
    ]);
}
function logTail(source, lines) {
    const shown = lines.slice(-logLines).map((line) => (0,sanitise/* cut */.Jj)((0,sanitise/* plain */.pj)(line).replace(/\s*\n\s*/g, " "), 400));
    return `${(0,sanitise/* asCode */.qM)(source)}\n\n${(0,sanitise/* asCodeBlock */.BU)(shown.join("\n"), "text")}`;
}
function timeline(story) {
    if (story.phases.length === 0)
        return undefined;
    const marks = { done: "✔", failed: "✖", running: "…", skipped: "–" };
    const rows = story.phases.map(({ name, from, to, result, note }) => [
        (0,model/* clockTime */.qo)(from),
        raw(`${marks[result]} ${cell(name)}`),
        to === undefined ? undefined : (0,units/* formatDuration */.a3)(to - from),
        note,
    ]);
    return paragraphs(["### Timeline", timelineDiagram(story), fold("Phases in figures", table(["Begin (UTC)", "Phase", "Took", ""], rows))]);
}
function trafficSection(story) {
    const diagrams = trafficDiagrams(story);
    if (diagrams.length === 0)
        return undefined;
    return paragraphs([
        "### Traffic",
        "The blue line is blue, the green line green; where nothing was measured a line is at 0, and the table says –.",
        ...diagrams,
        fold("Traffic in figures", trafficTable(story)),
    ]);
}
/** Traffic of both colours in at most 30 rows. */
function trafficTable({ traffic, began, ended }) {
    const all = [...traffic.blue, ...traffic.green].sort((one, other) => one.at - other.at);
    const [from, to] = (0,series/* spanOf */.ee)(all, began, ended);
    const step = Math.max((to - from) / trafficRows, ...all.slice(0, 1).map(({ length }) => length), 1);
    const count = Math.max(1, Math.ceil((to - from) / step));
    const [blue, green] = [(0,series/* resample */.cg)(traffic.blue, from, to, count), (0,series/* resample */.cg)(traffic.green, from, to, count)];
    const rows = blue.map((point, index) => [(0,model/* clockTime */.qo)(point.at), ...figures(point), ...figures(green[index])]);
    return table(["Time (UTC)", ...["blue", "green"].flatMap((colour) => [`${colour} share`, "requests", "errors", "response time"])], rows);
}
function figures(point) {
    const rate = point === undefined ? undefined : (0,series/* errorRate */.zi)(point);
    return [
        point?.weight === undefined ? undefined : `${Math.round(point.weight)} %`,
        point?.requests === undefined ? undefined : String(point.requests),
        point?.errors === undefined ? undefined : `${point.errors}${rate === undefined ? "" : ` (${rate.toFixed(1)} %)`}`,
        point?.responseTime === undefined ? undefined : `${point.responseTime.toFixed(3)} s`,
    ];
}
function changesTable({ changes }) {
    if (changes.length === 0)
        return undefined;
    return `### Task definition\n\n${differenceTable(changes)}`;
}
/** Differences of a task definition by name. */
const differenceTable = (changes) => table(["", "Where", "Before", "After"], changes.map(({ where, change, from, to }) => [change, raw((0,sanitise/* asCode */.qM)(where)), from && raw((0,sanitise/* asCode */.qM)(from, 200)), to && raw((0,sanitise/* asCode */.qM)(to, 200))].map((one) => one || undefined)));
function events({ events: all }) {
    if (all.length === 0)
        return undefined;
    const rows = all.slice(-50).map(({ at, text }) => [(0,model/* clockTime */.qo)(at), text]);
    return fold(`Events (${all.length})`, table(["Time (UTC)", ""], rows));
}


/***/ }),

/***/ 245:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   B2: () => (/* binding */ forHtml),
/* harmony export */   BU: () => (/* binding */ asCodeBlock),
/* harmony export */   Bm: () => (/* binding */ forMarkdown),
/* harmony export */   DE: () => (/* binding */ forMermaid),
/* harmony export */   HJ: () => (/* binding */ forScriptJson),
/* harmony export */   Ig: () => (/* binding */ forLog),
/* harmony export */   Jj: () => (/* binding */ cut),
/* harmony export */   TN: () => (/* binding */ oneLine),
/* harmony export */   pj: () => (/* binding */ plain),
/* harmony export */   qM: () => (/* binding */ asCode)
/* harmony export */ });
/* unused harmony export forSlack */
// What comes back from AWS, containers, scanners and health endpoints is untrusted. Each output has its own way of being
// fooled (a workflow command, a terminal escape, Markdown, HTML), so each has its own function here, and nowhere else.
/**
 * Terminal escapes as ECMA-48 (https://ecma-international.org/publications-and-standards/standards/ecma-48/) builds them, in their 7-bit
 * and 8-bit forms: CSI; OSC, DCS, SOS, PM and APC with their text; all others. An unended text stays visible: it must not hide what follows.
 */
const escapes = 
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding terminal escapes is the purpose
/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])(?:[^\u0007\u001b\u009c\n]{0,4000}(?:\u0007|\u001b\\|\u009c))?|\u001b[ -/]*[0-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** Characters that reorder or hide text: https://www.unicode.org/reports/tr36/ (bidirectional, zero width, tags, selectors, separators). */
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029\ufff9-\ufffb]/gu;
/** Marks piled upon one letter, which cover the lines above and below. */
const piles = /(\p{M}{4})\p{M}+/gu;
/** Text without terminal escapes, control characters and characters that reorder or hide text. Keeps newlines and tabs. */
function plain(text) {
    const visible = text.toWellFormed().replace(/\r\n?/g, "\n").replace(escapes, "").replace(controls, "").replace(hidden, "");
    return visible.replace(piles, "$1");
}
/** Plain text on one line, cut to a length. */
function oneLine(text, limit = 500) {
    return cut(plain(text).replace(/\s+/g, " ").trim(), limit);
}
/** The beginning of a text that is too long, with `…` at its end; no character is cut in two. */
function cut(text, limit) {
    return text.length > limit ? `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;
}
/**
 * A text for the runner's log. A line that begins with `::` or holds `##[` would be taken for a workflow command
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions), so a space that is no space breaks it.
 */
function forLog(text) {
    return plain(text)
        .replace(/^([^\S\n]*):(?=:)/gm, "$1:\u2060")
        .replace(/##(?=\[)/g, "#\u2060#");
}
/** Text that GitHub's Markdown shows as it is, on one line, also inside a table cell. */
function forMarkdown(text, limit = 500) {
    return (oneLine(text, limit)
        .replace(/&/g, "&amp;")
        .replace(/</g, "&lt;")
        .replace(/>/g, "&gt;")
        .replace(/^[+=-]|[\\`*_[\]#|~$]/g, (character) => `&#${character.charCodeAt(0)};`)
        .replace(/^(\d+)([.)])(?=\s|$)/, (_, number, mark) => `${number}&#${mark.charCodeAt(0)};`)
        // GitHub looks for mentions, issues and addresses after Markdown is rendered, when an entity is a plain character again.
        .replace(/@/g, "&#64;&#8203;")
        .replace(/&#35;/g, "&#35;&#8203;")
        .replace(/(https?|ftp|mailto|www)(?=[:.])/gi, "$1&#8203;"));
}
/** Text as code inside a line of Markdown, also inside a table cell: no link, mention or format works in it. */
function asCode(text, limit = 500) {
    const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "`": "&#96;", "\\": "&#92;" };
    // An HTML element instead of backquotes, whose rules inside tables differ between renderers.
    const body = oneLine(text, limit).replace(/[&<>|`\\*_[\]~$@#]|:(?=\/\/)|(?<=www)\.|(?<=mailto|xmpp):/gi, (character) => entities[character] ?? `&#${character.charCodeAt(0)};`);
    return `<code>${body}</code>`;
}
/** Text in a Markdown code fence that it cannot close. */
function asCodeBlock(text, language = "") {
    const body = plain(text);
    const longest = (body.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
    const fence = "`".repeat(longest + 1);
    return `${fence}${language}\n${body.replace(/\n+$/, "")}\n${fence}`;
}
/** A label in a Mermaid diagram, whose grammar knows no escapes: only letters, digits and harmless marks stay. */
function forMermaid(text, limit = 60) {
    const label = oneLine(text, 4 * limit).replace(/[^\p{L}\p{N} ._/()+-]/gu, " ");
    return oneLine(label, limit) || "-";
}
/** Text in Slack's mrkdwn: no link, mention or broadcast (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
function forSlack(text, limit = 2000) {
    return oneLine(text, limit)
        .replace(/&/g, "&amp;")
        .replace(/</g, "&lt;")
        .replace(/>/g, "&gt;")
        .replace(/[*_~`]/g, (character) => `\u2060${character}\u2060`);
}
/** Text inside HTML, as content or as a quoted attribute. */
function forHtml(text) {
    const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
    return plain(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
/** Data inside a `<script type="application/json">`: no byte of it can end the element or begin a comment. */
function forScriptJson(value) {
    return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}


/***/ }),

/***/ 8400:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   E9: () => (/* binding */ parseDuration),
/* harmony export */   a3: () => (/* binding */ formatDuration),
/* harmony export */   fE: () => (/* binding */ formatTimer)
/* harmony export */ });
const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 };
/**
 * Reads `90s`, `5m`, `1.5h`, or a bare number in the given unit.
 *
 * @returns seconds, or undefined where the text is no duration
 */
function parseDuration(text, bareUnit) {
    const match = /^(\d{1,9}(?:\.\d{1,3})?)\s*([smhd])?$/.exec(text.trim());
    if (match === null)
        return undefined;
    return Number(match[1]) * unitSeconds[match[2] ?? bareUnit];
}
/** `00:42`, `10:00`, `1:02:03`: for progress lines. */
function formatTimer(time) {
    const whole = Math.max(0, Math.round(time));
    const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
    const tail = `${String(minutes).padStart(2, "0")}:${String(seconds).padStart(2, "0")}`;
    return hours > 0 ? `${hours}:${tail}` : tail;
}
/** `42 s`, `10 min`, `1 h 30 min`: for sentences. */
function formatDuration(time) {
    if (time < 10)
        return `${Math.round(time * 10) / 10} s`;
    if (time < 120)
        return `${Math.round(time)} s`;
    const minutes = Math.round(time / 60);
    if (minutes < 60)
        return `${minutes} min`;
    return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}


/***/ }),

/***/ 2613:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("assert");

/***/ }),

/***/ 181:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("buffer");

/***/ }),

/***/ 5317:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("child_process");

/***/ }),

/***/ 6982:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("crypto");

/***/ }),

/***/ 4434:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("events");

/***/ }),

/***/ 9896:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs");

/***/ }),

/***/ 8611:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("http");

/***/ }),

/***/ 5692:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("https");

/***/ }),

/***/ 9278:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("net");

/***/ }),

/***/ 4589:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:assert");

/***/ }),

/***/ 6698:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:async_hooks");

/***/ }),

/***/ 4573:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:buffer");

/***/ }),

/***/ 1421:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");

/***/ }),

/***/ 7540:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:console");

/***/ }),

/***/ 7598:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");

/***/ }),

/***/ 3053:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:diagnostics_channel");

/***/ }),

/***/ 610:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:dns");

/***/ }),

/***/ 8474:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:events");

/***/ }),

/***/ 3024:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");

/***/ }),

/***/ 1455:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");

/***/ }),

/***/ 7067:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:http");

/***/ }),

/***/ 2467:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:http2");

/***/ }),

/***/ 4708:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:https");

/***/ }),

/***/ 7030:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");

/***/ }),

/***/ 8161:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");

/***/ }),

/***/ 6760:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");

/***/ }),

/***/ 643:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:perf_hooks");

/***/ }),

/***/ 1708:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:process");

/***/ }),

/***/ 1792:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:querystring");

/***/ }),

/***/ 7075:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream");

/***/ }),

/***/ 1692:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:tls");

/***/ }),

/***/ 3136:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:url");

/***/ }),

/***/ 7975:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:util");

/***/ }),

/***/ 3429:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:util/types");

/***/ }),

/***/ 5919:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:worker_threads");

/***/ }),

/***/ 8522:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:zlib");

/***/ }),

/***/ 857:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("os");

/***/ }),

/***/ 6928:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("path");

/***/ }),

/***/ 932:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("process");

/***/ }),

/***/ 3193:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("string_decoder");

/***/ }),

/***/ 3557:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("timers");

/***/ }),

/***/ 4756:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("tls");

/***/ }),

/***/ 9023:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("util");

/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId].call(module.exports, module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/******/ // expose the modules object (__webpack_modules__)
/******/ __nccwpck_require__.m = __webpack_modules__;
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/create fake namespace object */
/******/ (() => {
/******/ 	var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 	var leafPrototypes;
/******/ 	// create a fake namespace object
/******/ 	// mode & 1: value is a module id, require it
/******/ 	// mode & 2: merge all properties of value into the ns
/******/ 	// mode & 4: return value when already ns object
/******/ 	// mode & 16: return value when it's Promise-like
/******/ 	// mode & 8|1: behave like require
/******/ 	__nccwpck_require__.t = function(value, mode) {
/******/ 		if(mode & 1) value = this(value);
/******/ 		if(mode & 8) return value;
/******/ 		if(typeof value === 'object' && value) {
/******/ 			if((mode & 4) && value.__esModule) return value;
/******/ 			if((mode & 16) && typeof value.then === 'function') return value;
/******/ 		}
/******/ 		var ns = Object.create(null);
/******/ 		__nccwpck_require__.r(ns);
/******/ 		var def = {};
/******/ 		leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 		for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 			Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 		}
/******/ 		def['default'] = () => (value);
/******/ 		__nccwpck_require__.d(ns, def);
/******/ 		return ns;
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/ensure chunk */
/******/ (() => {
/******/ 	__nccwpck_require__.f = {};
/******/ 	// This file contains only the entry chunk.
/******/ 	// The chunk loading function for additional chunks
/******/ 	__nccwpck_require__.e = (chunkId) => {
/******/ 		return Promise.all(Object.keys(__nccwpck_require__.f).reduce((promises, key) => {
/******/ 			__nccwpck_require__.f[key](chunkId, promises);
/******/ 			return promises;
/******/ 		}, []));
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/get javascript chunk filename */
/******/ (() => {
/******/ 	// This function allow to reference async chunks
/******/ 	__nccwpck_require__.u = (chunkId) => {
/******/ 		// return url for filenames based on template
/******/ 		return "" + chunkId + ".index.js";
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/******/ /* webpack/runtime/make namespace object */
/******/ (() => {
/******/ 	// define __esModule on exports
/******/ 	__nccwpck_require__.r = (exports) => {
/******/ 		if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 			Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 		}
/******/ 		Object.defineProperty(exports, '__esModule', { value: true });
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/import chunk loading */
/******/ (() => {
/******/ 	// no baseURI
/******/ 	
/******/ 	// object to store loaded and loading chunks
/******/ 	// undefined = chunk not loaded, null = chunk preloaded/prefetched
/******/ 	// [resolve, Promise] = chunk loading, 0 = chunk loaded
/******/ 	var installedChunks = {
/******/ 		792: 0
/******/ 	};
/******/ 	
/******/ 	var installChunk = (data) => {
/******/ 		var {ids, modules, runtime} = data;
/******/ 		// add "modules" to the modules object,
/******/ 		// then flag all "ids" as loaded and fire callback
/******/ 		var moduleId, chunkId, i = 0;
/******/ 		for(moduleId in modules) {
/******/ 			if(__nccwpck_require__.o(modules, moduleId)) {
/******/ 				__nccwpck_require__.m[moduleId] = modules[moduleId];
/******/ 			}
/******/ 		}
/******/ 		if(runtime) runtime(__nccwpck_require__);
/******/ 		for(;i < ids.length; i++) {
/******/ 			chunkId = ids[i];
/******/ 			if(__nccwpck_require__.o(installedChunks, chunkId) && installedChunks[chunkId]) {
/******/ 				installedChunks[chunkId][0]();
/******/ 			}
/******/ 			installedChunks[ids[i]] = 0;
/******/ 		}
/******/ 	
/******/ 	}
/******/ 	
/******/ 	__nccwpck_require__.f.j = (chunkId, promises) => {
/******/ 			// import() chunk loading for javascript
/******/ 			var installedChunkData = __nccwpck_require__.o(installedChunks, chunkId) ? installedChunks[chunkId] : undefined;
/******/ 			if(installedChunkData !== 0) { // 0 means "already installed".
/******/ 	
/******/ 				// a Promise means "currently loading".
/******/ 				if(installedChunkData) {
/******/ 					promises.push(installedChunkData[1]);
/******/ 				} else {
/******/ 					if(true) { // all chunks have JS
/******/ 						// setup Promise in chunk cache
/******/ 						var promise = import("./" + __nccwpck_require__.u(chunkId)).then(installChunk, (e) => {
/******/ 							if(installedChunks[chunkId] !== 0) installedChunks[chunkId] = undefined;
/******/ 							throw e;
/******/ 						});
/******/ 						var promise = Promise.race([promise, new Promise((resolve) => (installedChunkData = installedChunks[chunkId] = [resolve]))])
/******/ 						promises.push(installedChunkData[1] = promise);
/******/ 					}
/******/ 				}
/******/ 			}
/******/ 	};
/******/ 	
/******/ 	// no prefetching
/******/ 	
/******/ 	// no preloaded
/******/ 	
/******/ 	// no external install chunk
/******/ 	
/******/ 	// no on chunks loaded
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(6373);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
