using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CallCenter.Telephony;

/// <summary>Ready when calls are taken; otherwise says why they are not.</summary>
internal sealed class TelephonyHealth(Gateway gateway, Calls calls, CurrentConfiguration configuration) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !gateway.IsOpen ? HealthCheckResult.Unhealthy("SIP is not open: the gateway starts or stops")
        : calls.WhyClosed() is { } why ? HealthCheckResult.Unhealthy($"new calls are refused: {why}")
        : configuration.Now.Operator is null ? HealthCheckResult.Degraded("no configuration has been seen yet: calls are refused until Tenancy gives one")
        : HealthCheckResult.Healthy());
}
