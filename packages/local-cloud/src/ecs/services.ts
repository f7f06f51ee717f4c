import { newDeployment } from "./deployments.ts";
import type { Draft } from "./draft.ts";
import { putService, tasksOf } from "./draft.ts";
import type { NewService, Service, ServiceChanges } from "./model.ts";

/** CreateService: a first deployment begins. */
export function createService(draft: Draft, order: NewService): void {
  const { spec, loadBalancers, ...rest } = order;
  const service: Service = {
    ...rest,
    status: "ACTIVE",
    deployments: [newDeployment(draft, spec, loadBalancers)],
    events: [],
    createdAt: draft.now,
    isSteady: false,
    backOff: { failures: 0, until: 0 },
    wakeAt: undefined,
    isShortOfCapacity: false,
  };
  draft.services.set(service.arn, service);
}

/**
 * UpdateService. A changed count goes to the PRIMARY deployment; a changed definition or attachment begins a new one.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export function updateService(draft: Draft, service: Service, changes: ServiceChanges): void {
  const primary = service.deployments[0];
  const settings = {
    desiredCount: changes.desiredCount ?? service.desiredCount,
    configuration: changes.configuration ?? service.configuration,
    healthCheckGracePeriod: changes.healthCheckGracePeriod ?? service.healthCheckGracePeriod,
  };
  const isSteady = service.isSteady && settings.desiredCount === service.desiredCount;
  const spec = changes.spec ?? primary?.spec;
  const isNew =
    changes.force === true ||
    changes.loadBalancers !== undefined ||
    (spec !== undefined && spec.taskDefinitionArn !== primary?.spec.taskDefinitionArn);
  if (!isNew || spec === undefined) {
    putService(draft, service, { ...settings, isSteady });
    return;
  }
  const older = service.deployments.map((deployment) => ({ ...deployment, status: "ACTIVE" as const }));
  const next = newDeployment(draft, spec, changes.loadBalancers ?? primary?.loadBalancers ?? []);
  // Fixing the definition ends the back-off: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
  const backOff = { failures: 0, until: 0 };
  putService(draft, service, { ...settings, isSteady: false, backOff, deployments: [next, ...older] });
}

/** DeleteService: DRAINING until the last task is over, then INACTIVE. */
export function deleteService(draft: Draft, service: Service): void {
  putService(draft, service, { status: tasksOf(draft, service.arn).length === 0 ? "INACTIVE" : "DRAINING", desiredCount: 0 });
}
