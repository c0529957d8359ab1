using CallCenter.Hosting;
using CallCenter.Routing.Pools;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CallCenter.Routing.Leading;

/// <summary>What a process that does not lead answers: whoever balances load asks /health/ready and sends to the one that does.</summary>
internal static class Standby
{
    private const string Sentence = "This Routing process stands by and another one leads: send the request to the one whose /health/ready answers 200, or try again in a few seconds.";

    /// <summary>503 from every endpoint of the group while this process does not lead.</summary>
    public static RouteGroupBuilder WhileLeading(this RouteGroupBuilder api)
    {
        api.AddEndpointFilter((context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<Leadership>().IsLeading ? next(context) : ValueTask.FromResult<object?>(Problems.Unavailable(Sentence)));
        return api;
    }
}

/// <summary>Ready when this process leads and the pool has been loaded: contacts that wait are offered again.</summary>
internal sealed class LeaderHealth(Leadership leadership, PoolStart pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !leadership.IsLeading ? HealthCheckResult.Unhealthy("stands by: another Routing process leads, or the database is away")
        : pool.IsDone ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the pool is not loaded yet"));
}
