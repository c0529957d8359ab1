using Orleans;
using Orleans.Runtime;

namespace CallCenter.Routing.Pools;

/// <summary>What forecasts learn is kept each minute, and when the process stops: after a restart callers are told their wait as well as before.</summary>
internal sealed partial class PoolGrain
{
    /// <summary>Queues in one commit, so that nobody's offer waits behind many of them.</summary>
    private const int LearnedAtOnce = 50;

    private readonly Dictionary<Guid, long> learnedVersions = [];

    public Task ReceiveReminder(string reminderName, TickStatus status) => KeepLearned();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        telemetry.PoolLeft();
        return reason.ReasonCode == DeactivationReasonCode.ShuttingDown ? KeepLearned() : Task.CompletedTask;
    }

    private void Recall(IReadOnlyList<Stored<LearnedWaits>> learned)
    {
        foreach (var (queue, version) in learned)
        {
            learnedVersions[queue.Queue] = version;
            forecasts.Remember(queue);
        }
    }

    private async Task KeepLearned()
    {
        while (forecasts.TakeChanged(LearnedAtOnce) is { Count: > 0 } changed)
        {
            if (changed.Select(RowOf).OfType<Row>().ToList() is { Count: > 0 } rows)
            {
                await Commit(new Change(rows, [], fence));
            }
        }
    }

    private Row? RowOf(LearnedWaits learned)
    {
        if (pool.TenantOf(learned.Queue) is not { } tenant)
        {
            return null;
        }

        var expected = learnedVersions.GetValueOrDefault(learned.Queue);
        learnedVersions[learned.Queue] = expected + 1;
        return new Row(StateTable.LearnedWaits, learned.Queue, tenant, expected, RoutingStore.Write(learned), AtRest: true);
    }
}
