using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Queues;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace CallCenter.Routing.Settings;

/// <summary>
/// What is set for queues and agents: several changes in one (<c>PUT /api/routing/settings</c>), the versions before
/// (<c>GET /api/queues/{id}/history</c>, <c>GET /api/agents/{id}/history</c>), an agent's present settings.
/// </summary>
internal static class SettingsApi
{
    private const int ChangesMax = 200;
    private const int VersionsTold = 100;

    public static void MapSettings(this IEndpointRouteBuilder app)
    {
        app.MapPut("/api/routing/settings", SaveAll).RequireRoles(Role.Administrator, Role.Service);
        app.MapGet("/api/queues/{id:guid}/history", QueueHistory).RequireRoles(Role.Supervisor, Role.Administrator, Role.Service);
        app.MapGet("/api/agents/{id:guid}/history", AgentHistory).RequireRoles(Role.Supervisor, Role.Administrator, Role.Service).WithinTeams();
        app.MapGet("/api/agents/{id:guid}/settings", AgentNow).RequireRoles(Role.Supervisor, Role.Administrator, Role.Service).WithinTeams();
    }

    private static async Task<IResult> SaveAll(SettingsChanges changes, Caller caller, SettingsDesk desk, CancellationToken ct)
    {
        var (queues, agents) = (changes.Queues ?? [], changes.Agents ?? []);
        var errors = new List<string>();
        if (queues.Count + agents.Count is 0 or > ChangesMax || queues.DistinctBy(queue => queue.Id).Count() < queues.Count || agents.DistinctBy(agent => agent.Id).Count() < agents.Count)
        {
            errors.Add($"Give 1 to {ChangesMax} queues and agents, each once.");
        }

        errors.AddRange(queues.SelectMany((queue, index) => QueueErrors.Of(queue.Settings).Select(error => $"queues[{index}]: {error}")));
        errors.AddRange(agents.SelectMany((agent, index) => AgentErrors.Of(agent.Settings).Select(error => $"agents[{index}]: {error}")));
        return errors.Count > 0
            ? Problems.Invalid(errors)
            : await desk.Save(
                caller, queues.ConvertAll(queue => (queue.Settings.Read(queue.Id), queue.Settings.Version)), agents.ConvertAll(agent => (agent.Id, agent.Settings, agent.Version)),
                versions => Results.Ok(new
                {
                    queues = queues.Zip(versions, (queue, version) => new { queue.Id, version }),
                    agents = agents.Zip(versions.Skip(queues.Count), (agent, version) => new { agent.Id, version }),
                }), ct);
    }

    private static async Task<IResult> QueueHistory(
        Guid id, RoutingStore store, [FromKeyedServices(RoutingService.Name)] ConfigurationSnapshots snapshots, CancellationToken ct)
    {
        var versions = await store.QueueSettings<SettingsVersion>(snapshots.Operator()?.Tenants ?? [], id, VersionsTold, ct);
        return versions.Count == 0 ? Problems.NotFound("queue with a history") : Results.Ok(new { items = versions.Select(version => Show(version, version.Queue is null ? null : QueueSettings.Of(version.Queue))) });
    }

    private static async Task<IResult> AgentHistory(Guid id, RoutingStore store, CancellationToken ct)
    {
        var versions = await store.AgentSettings<SettingsVersion>(id, VersionsTold, ct);
        return versions.Count == 0 ? Problems.NotFound("agent with a history") : Results.Ok(new { items = versions.Select(version => Show(version, version.Agent)) });
    }

    private static async Task<IResult> AgentNow(Guid id, RoutingStore store, CancellationToken ct) =>
        await store.FindAgent<AgentRecord>(id, ct) is { State: { User.Length: > 0 } agent }
            ? Results.Ok(new AgentSettingsItem(id, agent.SettingsNumber, agent.User, agent.Name, agent.Skills, agent.Queues, agent.WagePerHour, agent.Team))
            : Problems.NotFound("agent");

    private static VersionItem Show(SettingsVersion version, object? settings) => new(version.Number, version.At, new(version.By, version.ByName), settings!);

    /// <summary>Changes that are saved together or not at all.</summary>
    internal sealed record SettingsChanges(List<QueueChange>? Queues = null, List<AgentChange>? Agents = null);

    /// <summary>A queue's new settings.</summary>
    internal sealed record QueueChange(Guid Id, QueueSettings Settings);

    /// <summary>An agent's new settings.</summary>
    /// <param name="Version">The one that was read before the change; without it the change is made whatever was there.</param>
    internal sealed record AgentChange(Guid Id, AgentSettings Settings, long? Version = null);

    /// <summary>A version of settings, in the form in which they are put.</summary>
    internal sealed record VersionItem(long Version, DateTimeOffset At, Author By, object Settings);

    /// <summary>Who made a change.</summary>
    internal sealed record Author(Guid Id, string Name);

    /// <summary>What is set for an agent now.</summary>
    internal sealed record AgentSettingsItem(
        Guid Id, long Version, string User, string Name, IReadOnlyDictionary<string, int> Skills, IReadOnlyList<ProfileEntry> Queues, decimal WagePerHour, string? Team);
}
