export { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
