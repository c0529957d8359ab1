using System.Text.Json.Serialization;
using CallCenter.Contracts.Routing;
using CallCenter.Hosting;
using CallCenter.Routing.Contacts;
using CallCenter.Routing.Queues;
using CallCenter.Routing.Settings;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace CallCenter.Routing.Agents;

/// <summary>/api/agents. An agent's id is its user's id. An agent sees itself, a supervisor who is limited to teams those; others see all.</summary>
internal static class AgentsApi
{
    private const int TextMax = 100;

    public static void MapAgents(this IEndpointRouteBuilder app)
    {
        var agents = app.MapGroup("/api/agents").RequireRoles(Role.Agent, Role.Supervisor, Role.Administrator, Role.Service);
        agents.MapGet("", List);
        var one = agents.MapGroup("/{id:guid}").WithinTeams();
        one.MapGet("", Get);
        one.MapPut("/status", Choose);
        one.MapPut("/standing-leg", KeepLeg);
        one.MapPost("/disposition", Dispose);
        app.MapPut("/api/agents/{id:guid}", Configure).RequireRoles(Role.Administrator, Role.Service);
    }

    private static async Task<IResult> List(Caller caller, RoutingStore store, CancellationToken ct)
    {
        var all = await store.Agents<AgentRecord>(all: true, ct);
        var seen = all.Select(stored => stored.State).Where(agent => agent.User.Length > 0 && Sees(caller, agent.Id) && caller.Watches(agent.Team));
        return Results.Ok(new { items = seen.OrderBy(agent => agent.User, StringComparer.Ordinal).Select(Show).ToList() });
    }

    private static async Task<IResult> Get(Guid id, Caller caller, IGrainFactory grains) =>
        Sees(caller, id) && await Agent(grains, id).Read() is { } agent ? Results.Ok(Show(agent)) : Problems.NotFound("agent");

    private static async Task<IResult> Choose(Guid id, StatusChoice choice, Caller caller, IGrainFactory grains)
    {
        if (!Sees(caller, id))
        {
            return Problems.NotFound("agent");
        }

        if (!Enum.TryParse<AgentStatus>(choice.Status, out var status) || !Enum.IsDefined(status))
        {
            return Problems.Invalid($"There is no status '{choice.Status}': use {string.Join(", ", Enum.GetNames<AgentStatus>())}.");
        }

        if (choice.Reason?.Length > TextMax)
        {
            return Problems.Invalid($"The reason has {choice.Reason.Length} characters: at most {TextMax}.");
        }

        return await Agent(grains, id).Choose(status.ToString(), choice.Reason, caller.User.ToString()) && await Agent(grains, id).Read() is { } agent
            ? Results.Ok(Show(agent))
            : Problems.NotFound("agent");
    }

    private static async Task<IResult> KeepLeg(Guid id, StandingLegChoice choice, Caller caller, IGrainFactory grains) =>
        Sees(caller, id) && await Agent(grains, id).KeepLeg(choice.Wanted, caller.User.ToString()) && await Agent(grains, id).Read() is { } agent
            ? Results.Ok(Show(agent))
            : Problems.NotFound("agent");

    private static async Task<IResult> Dispose(Guid id, Disposition disposition, Caller caller, IGrainFactory grains)
    {
        if (!Sees(caller, id) || await Agent(grains, id).Read() is not { } agent)
        {
            return Problems.NotFound("agent");
        }

        if (disposition.Code.Length is 0 or > TextMax)
        {
            return Problems.Invalid($"The code has {disposition.Code.Length} characters: 1 to {TextMax}.");
        }

        if (agent.Engagement is not { } engagement || engagement.Contact != disposition.Contact)
        {
            return Problems.NotFound("contact of this agent");
        }

        var contact = grains.GetGrain<IContactGrain>(Keys.OfTenant(engagement.Tenant, engagement.Contact));
        return await contact.EndWrapUp(engagement.Leg, disposition.Code)
            ? Results.NoContent()
            : Problems.Conflict($"The agent is {agent.State} in this contact: the disposition ends the wrap-up, so wait for that.");
    }

    private static async Task<IResult> Configure(
        Guid id, AgentSettings settings, long? version, Caller caller, SettingsDesk desk, RoutingStore store, IGrainFactory grains,
        [FromKeyedServices(RoutingService.Name)] ConfigurationSnapshots snapshots, CancellationToken ct)
    {
        var errors = AgentErrors.Of(settings).ToList();
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var queues = await store.Rows<QueueRecord>(StateTable.Queues, snapshots.Operator()?.Tenants ?? [], all: true, ct);
        var warnings = QueueWarnings.Of(settings.Skills ?? [], settings.Queues ?? [], queues.Select(queue => queue.State)).ToList();
        AgentMessage? now = null;
        var answer = await desk.Save(caller, [], [(id, settings, version)], versions => Results.NoContent(), ct);
        if (answer is Microsoft.AspNetCore.Http.HttpResults.NoContent)
        {
            now = await Agent(grains, id).Read();
        }

        return now is null ? answer : Results.Ok(Show(now) with { Warnings = warnings });
    }

    private static IAgentGrain Agent(IGrainFactory grains, Guid id) => grains.GetGrain<IAgentGrain>(id.ToString());

    private static bool Sees(Caller caller, Guid agent) => caller.Role != Role.Agent || caller.User == agent;

    private static AgentItem Show(AgentRecord agent) => new(
        agent.Id, agent.User, agent.Name, agent.Status.ToString(), agent.Reason, agent.StatusSince, agent.State.ToString(), agent.StateSince,
        agent.Engagement?.Contact, agent.Deadline, agent.Next?.Status.ToString(), [.. agent.Queues.Select(entry => entry.Queue)]) { StandingLeg = agent.StandingLeg, Team = agent.Team };

    private static AgentItem Show(AgentMessage agent) => new(
        agent.Id, agent.User, agent.Name, agent.Status, agent.Reason, agent.StatusSince, agent.State, agent.StateSince,
        agent.Engagement?.Contact, agent.Deadline, agent.NextStatus, agent.Queues) { StandingLeg = agent.StandingLeg, Team = agent.Team };

    /// <summary>An agent's voice slot.</summary>
    /// <param name="Contact">The contact that the agent is busy with.</param>
    /// <param name="Deadline">When the state ends by itself at the latest.</param>
    /// <param name="NextStatus">A status that was chosen and takes effect after the work.</param>
    /// <param name="Queues">Ids of the queues that the agent serves.</param>
    internal sealed record AgentItem(
        Guid Id, string User, string Name, string Status, string? Reason, DateTimeOffset StatusSince, string State, DateTimeOffset StateSince,
        Guid? Contact, DateTimeOffset? Deadline, string? NextStatus, IReadOnlyList<Guid> Queues)
    {
        /// <summary>The agent's leg is to stay up for the shift.</summary>
        public bool StandingLeg { get; init; }

        /// <summary>Null for an agent in no team.</summary>
        public string? Team { get; init; }

        /// <summary>After a change: queues of the profile whose contacts the agent is never offered; null when it was only read.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Warnings { get; init; }
    }

    /// <summary>A chosen status.</summary>
    internal sealed record StatusChoice(string Status, string? Reason = null);

    /// <summary>Whether the agent's leg is to stay up for the shift.</summary>
    internal sealed record StandingLegChoice(bool Wanted);

    /// <summary>What came of a contact.</summary>
    internal sealed record Disposition(Guid Contact, string Code);
}
