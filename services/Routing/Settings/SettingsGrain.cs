using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Queues;
using Orleans;
using Orleans.Runtime;

namespace CallCenter.Routing.Settings;

/// <summary>
/// Saves settings: 1. check them against all that is set; 2. queues and versions in one transaction; 3. the pool has all of it in one turn,
/// so that no contact meets half a change; 4. each agent takes its own. What a crash leaves after 2 is done by the next start. Whether a commit
/// that failed was written all the same is looked up before anything later is told.
/// </summary>
internal sealed class SettingsGrain(IStateStore store, TimeProvider clock, ILogger<SettingsGrain> logger) : Grain, ISettingsGrain
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Queue<Untold> untold = new();
    private IGrainTimer? retry;

    /// <summary>What agents had not taken before a crash is given to them now.</summary>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        retry = this.RegisterGrainTimer<object?>((_, _) => Tell(), null, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        foreach (var (agent, version) in (await store.PendingAgentSettings<SettingsVersion>(cancellationToken)).OrderBy(one => one.State.Number))
        {
            await Give([agent], version);
        }
    }

    public async Task<SaveAnswer> Save(SaveMessage save)
    {
        var queues = save.Queues.ConvertAll(saved => Read<QueueRecord>(saved.Body));
        var known = await store.Rows<QueueRecord>(StateTable.Queues, [.. queues.Select(queue => queue.Tenant).Distinct()], all: true, CancellationToken.None);
        var errors = QueueWays.Errors(queues, known.Select(one => one.State)).ToList();
        if (errors.Count > 0)
        {
            return SaveAnswer.Wrong(errors);
        }

        var before = known.ToDictionary(one => one.State.Id, one => one.Version);
        var versions = queues.ConvertAll(queue => Next(save, queue.Tenant, queue.Id, before.GetValueOrDefault(queue.Id)) with { Queue = queue });
        foreach (var saved in save.Agents)
        {
            var last = await store.LastAgentSettings(saved.Subject, CancellationToken.None);
            versions.Add(Next(save, save.Operator, saved.Subject, last) with { Agent = Read<AgentSettings>(saved.Body) });
        }

        var stale = versions.Zip(save.Queues.Concat(save.Agents)).FirstOrDefault(pair => pair.Second.Expected is { } expected && expected != pair.First.Number - 1).First;
        if (stale is not null)
        {
            return SaveAnswer.Refused($"{stale.Queue?.Name ?? stale.Agent!.Name} has been changed meanwhile: read version {stale.Number - 1} and change that.");
        }

        try
        {
            await store.Commit(new Change([.. queues.Select(queue => RowOf(queue, before.GetValueOrDefault(queue.Id))), .. versions.Select(RowOf)], []));
        }
        catch (FencedException)
        {
            return SaveAnswer.Refused("The id belongs to another queue, or it was changed at the same time: read it and try again.");
        }
        catch (Exception)
        {
            untold.Enqueue(new(versions, IsWritten: false));
            retry!.Change(RetryPause, Timeout.InfiniteTimeSpan);
            throw;
        }

        untold.Enqueue(new(versions, IsWritten: true));
        await Tell();
        return new SaveAnswer([], null, versions.ConvertAll(version => version.Number));
    }

    public Task Wake() => Task.CompletedTask;

    private static Row RowOf(QueueRecord queue, long version) => new(StateTable.Queues, queue.Id, queue.Tenant, version, RoutingStore.Write(queue), AtRest: true);

    private static Row RowOf(SettingsVersion version) => new(
        TableOf(version), version.Id, version.Tenant, 0, RoutingStore.Write(version), AtRest: version.Agent is null);

    private static StateTable TableOf(SettingsVersion version) => version.Agent is null ? StateTable.QueueSettings : StateTable.AgentSettings;

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, EventCatalog.Json)!;

    private static AgentConfiguration ConfigurationOf(SettingsVersion version)
    {
        var agent = version.Agent!;
        return new AgentConfiguration(version.Tenant, agent.User, agent.Name, agent.Skills ?? [], agent.Queues ?? [], agent.WagePerHour)
        {
            Agent = version.Subject, Number = version.Number, Team = agent.Team,
        };
    }

    private SettingsVersion Next(SaveMessage save, Guid tenant, Guid subject, long last) =>
        new(Guid.CreateVersion7(clock.GetUtcNow()), tenant, subject, last + 1, clock.Now(), save.By, save.ByName);

    /// <summary>News go out in the order in which they were saved; what cannot be told now is told again.</summary>
    private async Task Tell()
    {
        try
        {
            while (untold.TryPeek(out var next))
            {
                if (next.IsWritten || await IsStored(next.Versions[0]))
                {
                    await Tell(next.Versions);
                }

                untold.Dequeue();
            }
        }
#pragma warning disable CA1031 // It is saved; what has not been taken yet is given again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.SettingsNotTaken(logger, failure);
            retry!.Change(RetryPause, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task Tell(List<SettingsVersion> versions)
    {
        var (queues, agents) = (versions.FindAll(version => version.Agent is null), versions.FindAll(version => version.Agent is not null));
        await GrainFactory.GetGrain<IPoolGrain>(Keys.Pool).SettingsChanged(
            [.. queues.Select(queue => queue.Tenant).Distinct()], new SettingsNews(queues.ConvertAll(queue => RoutingStore.Write(queue.Queue!)), agents.ConvertAll(ConfigurationOf)));
        await Give(agents, version: 1);
    }

    /// <summary>Versions that belong together were written together: one stands for all.</summary>
    private async Task<bool> IsStored(SettingsVersion version) => await store.Find<SettingsVersion>(TableOf(version), version.Tenant, version.Id, CancellationToken.None) is not null;

    private async Task Give(IReadOnlyList<SettingsVersion> agents, long version)
    {
        var taken = agents.Select(agent => GrainFactory.GetGrain<IAgentGrain>(agent.Subject.ToString()).Configure(ConfigurationOf(agent))).ToList();
        foreach (var (agent, its) in agents.Zip(taken))
        {
            await its;
            try
            {
                await store.Commit(new Change([RowOf(agent) with { Expected = version, AtRest = true }], []));
            }
            catch (FencedException)
            {
                // Given before: the commit had succeeded although it looked otherwise.
            }
        }
    }

    /// <summary>Versions that pool and agents have not taken yet, in the order of their saving.</summary>
    private sealed record Untold(List<SettingsVersion> Versions, bool IsWritten);
}
