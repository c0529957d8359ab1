using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Routing.Leading;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Routing;

/// <summary>
/// Writes the changes of all grains of the process, many in one transaction: while one commits, the next gather.
/// 1. take what has gathered, at most 256 changes; 2. merge rows changed twice; 3. fence; 4. rows; 5. positions; 6. events; 7. commit; 8. tell.
/// A transaction that is refused is repeated change by change, so that only the one at fault fails.
/// </summary>
internal sealed class GroupCommitter(
    [FromKeyedServices(RoutingService.Name)] ServiceDatabase database,
    [FromKeyedServices(RoutingService.Name)] Outbox outbox,
    LeaderFence leader,
    Telemetry telemetry,
    ILogger<GroupCommitter> logger) : BackgroundService
{
    private const int ChangesMax = 256;

    private const int WaitingMax = 20_000;

    private readonly Channel<Pending> waiting = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Completes when the change is durable. Changes are written in the order in which they are given.</summary>
    /// <exception cref="FencedException">The writer is not the owner any more.</exception>
    /// <exception cref="NpgsqlException">The database is away; whether the change was written is not known.</exception>
    public Task Commit(Change change)
    {
        var pending = new Pending(change);
        if (!waiting.Writer.TryWrite(pending))
        {
            throw new InvalidOperationException($"{WaitingMax} changes wait for the database, or the process stops: the change was not taken. Try again later.");
        }

        return pending.Done;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Grains stop before this service does and need it until then: it ends when nothing more can come.
        await using var stop = stoppingToken.Register(() => waiting.Writer.TryComplete());
        var batch = new List<Pending>(ChangesMax);
        while (await waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < ChangesMax && waiting.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            await Write(batch);
            batch.Clear();
        }
    }

    private async Task Write(List<Pending> batch)
    {
        try
        {
            await Commit([.. batch.Select(pending => pending.Change)]);
            telemetry.Committed(batch.Count);
            batch.ForEach(pending => pending.Succeed());
        }
        catch (Exception failure) when (batch.Count > 1 && !ServiceDatabase.IsPassing(failure))
        {
            foreach (var pending in batch)
            {
                await Write([pending]);
            }
        }
#pragma warning disable CA1031 // Every failure goes to the grain that asked.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.CommitFailed(logger, batch.Count, failure);
            outbox.CommitUnknown();
            batch.ForEach(pending => pending.Fail(failure));
        }
    }

    private async Task Commit(IReadOnlyList<Change> changes)
    {
        var tenants = changes.SelectMany(change => change.Tenants).Distinct().ToList();
        outbox.Committed(await database.InTenants(tenants, first => Write(first, changes), CancellationToken.None));
    }

    // Three round trips however many changes: 1. tenants, the lead, fences, the events' next numbers; 2. rows, positions, events; 3. commit.
    private async Task<IReadOnlyList<DomainEvent>> Write(NpgsqlBatch first, IReadOnlyList<Change> changes)
    {
        var fences = changes.Select(change => change.Fence).OfType<Fence>().Distinct().ToList();
        var events = changes.SelectMany(change => change.Events).ToList();
        var publication = events.Count == 0 ? null : outbox.Begin(events);
        first.BatchCommands.Add(leader.Check());
        fences.ForEach(fence => first.BatchCommands.Add(StateSql.Check(fence)));
        if (publication is not null)
        {
            first.BatchCommands.Add(publication.Advance);
        }

        await using (var answers = await first.ExecuteReaderAsync(CancellationToken.None))
        {
            await LeaderFence.Require(answers);
            await StateSql.RequireFences(answers, fences);
            if (publication is not null)
            {
                await answers.NextResultAsync();
                await publication.Stamp(answers, CancellationToken.None);
            }
        }

        await using var second = new NpgsqlBatch(first.Connection, first.Transaction);
        var rows = StateSql.Merge(changes.SelectMany(change => change.Rows)).GroupBy(row => row.Table).SelectMany(table => StateSql.RowsOf(table.Key, [.. table])).ToList();
        rows.ForEach(row => second.BatchCommands.Add(row.Command));
        if (StateSql.PositionsOf([.. changes.Select(change => change.Position).OfType<Position>()]) is { } positions)
        {
            second.BatchCommands.Add(positions);
        }

        if (publication is not null)
        {
            second.BatchCommands.Add(publication.Store());
        }

        if (second.BatchCommands.Count > 0)
        {
            await second.ExecuteNonQueryAsync(CancellationToken.None);
        }

        rows.ForEach(row => row.RequireAll());
        return publication?.Stamped ?? [];
    }

    private sealed class Pending(Change change)
    {
        private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Change Change => change;

        public Task Done => done.Task;

        public void Succeed() => done.SetResult();

        public void Fail(Exception failure) => done.SetException(failure);
    }
}
