using CallCenter.Hosting;
using CallCenter.Routing.Queues;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace CallCenter.Routing.Settings;

/// <summary>Takes changes from the API to the grain that saves them, and its answer back.</summary>
internal sealed class SettingsDesk(IGrainFactory grains, [FromKeyedServices(RoutingService.Name)] ConfigurationSnapshots snapshots, TimeProvider clock)
{
    private static readonly TimeSpan ConfigurationWait = TimeSpan.FromSeconds(10);

    /// <summary>Saves settings without errors of their own.</summary>
    /// <param name="saved">Makes the answer from the new versions, of the queues and then of the agents.</param>
    public async Task<IResult> Save(
        Caller caller, IReadOnlyList<(QueueRecord Queue, long? Expected)> queues, IReadOnlyList<(Guid Id, AgentSettings Settings, long? Expected)> agents,
        Func<IReadOnlyList<long>, IResult> saved, CancellationToken ct)
    {
        var operatorId = agents.Count == 0 ? Guid.Empty : await OperatorId(ct);
        if (operatorId is null)
        {
            return Problems.Unavailable("The operator's configuration is not known yet: try again when Tenancy runs.");
        }

        var answer = await grains.GetGrain<ISettingsGrain>(Keys.Pool).Save(new SaveMessage(
            caller.User, caller.Name, operatorId.Value,
            [.. queues.Select(queue => new SavedSettings(queue.Queue.Id, RoutingStore.Write(queue.Queue), queue.Expected))],
            [.. agents.Select(agent => new SavedSettings(agent.Id, RoutingStore.Write(agent.Settings), agent.Expected))]));
        return answer switch
        {
            { Errors.Count: > 0 } => Problems.Invalid(answer.Errors),
            { Conflict: { } conflict } => Problems.Conflict(conflict, "ChangedMeanwhile"),
            _ => saved(answer.Versions),
        };
    }

    private async Task<Guid?> OperatorId(CancellationToken ct)
    {
        if (snapshots.Operator() is null)
        {
            using var wait = new CancellationTokenSource(ConfigurationWait, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, wait.Token);
            try
            {
                await snapshots.Complete(either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return null;
            }
        }

        return snapshots.Operator()?.Operator;
    }
}
