using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Routing.Leading;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Routing;

/// <summary>
/// Writes the changes of all grains of the process, many in one transaction and one round trip: while one commits, the next gather.
/// 1. take what has gathered, at most 256 changes; 2. merge rows changed twice; 3. send fence, rows, positions and events as one batch, which is
/// the transaction: what is not as expected fails in the database and undoes all of it; 4. tell.
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

    private readonly Outcomes outcomes = new();

    /// <summary>Completes when the change is durable. Changes are written in the order in which they are given.</summary>
    /// <exception cref="FencedException">The writer is not the owner any more.</exception>
    /// <exception cref="NpgsqlException">The database is away; whether the change was written is not known.</exception>
    public Task Commit(Change change)
    {
        var pending = new Pending(change);
        outcomes.Given(change, pending.Done);
        if (!waiting.Writer.TryWrite(pending))
        {
            var failure = new InvalidOperationException($"{WaitingMax} changes wait for the database, or the process stops: the change was not taken. Try again later.");
            outcomes.Failed(change, failure);
            throw failure;
        }

        return pending.Done;
    }

    /// <inheritdoc cref="Outcomes.Of"/>
    public Task Settled(Guid? change) => outcomes.Of(change);

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
        batch.RemoveAll(StandsOnFailed);
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            await Commit([.. batch.Select(pending => pending.Change)]);
            telemetry.Committed(batch.Count);
            foreach (var pending in batch)
            {
                outcomes.Written(pending.Change);
                pending.Succeed();
            }
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
            batch.ForEach(pending => Fail(pending, failure));
        }
    }

    private bool StandsOnFailed(Pending pending)
    {
        if (outcomes.WhyNot(pending.Change) is not { } failure)
        {
            return false;
        }

        Fail(pending, failure);
        return true;
    }

    private void Fail(Pending pending, Exception failure)
    {
        outcomes.Failed(pending.Change, failure);
        pending.Fail(failure);
    }

    private async Task Commit(IReadOnlyList<Change> changes)
    {
        var requirements = new List<StateSql.Requirement> { leader.Requirement() };
        requirements.AddRange(StateSql.Requirements(changes));
        var positions = StateSql.PositionsOf([.. changes.Select(change => change.Position).OfType<Position>()]);
        var publication = changes.SelectMany(change => change.Events).ToList() is { Count: > 0 } events ? outbox.Begin(events) : null;
        var tenants = changes.SelectMany(change => change.Tenants).Distinct().ToList();
        outbox.Committed(await database.InTenants(tenants, batch =>
        {
            // Events first: their numbers are the batch's next result.
            IEnumerable<NpgsqlBatchCommand?> commands = [publication?.Command, .. requirements.Select(requirement => requirement.Command), positions];
            foreach (var command in commands.OfType<NpgsqlBatchCommand>())
            {
                batch.BatchCommands.Add(command);
            }

            return Send(batch, publication, requirements);
        }, CancellationToken.None));
    }

    /// <summary>Completes when the batch is committed; the events as they are stored.</summary>
    private static async Task<IReadOnlyList<DomainEvent>> Send(NpgsqlBatch batch, Publication? publication, IReadOnlyList<StateSql.Requirement> requirements)
    {
        await using var answers = await batch.ExecuteReaderAsync(CancellationToken.None);
        IReadOnlyList<DomainEvent> stored = [];
        if (publication is not null)
        {
            await answers.NextResultAsync(CancellationToken.None);
            stored = await publication.Read(answers, CancellationToken.None);
        }

        foreach (var requirement in requirements)
        {
            await requirement.Read(answers);
        }

        // What has no result, and the commit.
        await answers.NextResultAsync(CancellationToken.None);
        return stored;
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
