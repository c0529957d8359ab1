using System.Text.Json.Serialization;
using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Callbacks;
using CallCenter.Routing.Pools;
using CallCenter.Routing.Settings;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace CallCenter.Routing.Queues;

/// <summary>/api/queues: settings and live figures of the queues of a tenant, or of all that the caller sees.</summary>
internal static class QueuesApi
{
    public static void MapQueues(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/queues", List).RequireRoles(Role.Agent, Role.Supervisor, Role.Client, Role.Administrator, Role.Service);
        app.MapPut("/api/queues/{id:guid}", Configure).RequireRoles(Role.Administrator, Role.Service);
    }

    private static async Task<IResult> List(
        Guid? tenant, Caller caller, [FromKeyedServices(RoutingService.Name)] ConfigurationSnapshots snapshots,
        RoutingStore store, IGrainFactory grains, TimeProvider clock, CancellationToken ct)
    {
        if (tenant is { } one && (!caller.Sees(one) || one == Guid.Empty))
        {
            return Problems.NotFound("tenant");
        }

        var all = caller.Role != Role.Client && caller.Tenants.Count == 0;
        var tenants = tenant is { } only ? [only] : all ? snapshots.Operator()?.Tenants ?? [] : caller.Tenants;
        if (tenants.Count == 0)
        {
            return Results.Ok(new { items = Array.Empty<QueueItem>() });
        }

        var queues = await store.Rows<QueueRecord>(StateTable.Queues, tenants, all: true, ct);
        var figures = await grains.GetGrain<IPoolGrain>(Keys.Pool).Figures([.. queues.Select(queue => queue.State.Id)]);
        var now = clock.GetUtcNow();
        return Results.Ok(new { items = queues.Zip(figures, (queue, live) => Show(queue.State, live, now, queue.Version)).OrderBy(item => item.Name, StringComparer.Ordinal).ToList() });
    }

    private static async Task<IResult> Configure(
        Guid id, QueueSettings settings, Caller caller, SettingsDesk desk, RoutingStore store, IGrainFactory grains, TimeProvider clock, CancellationToken ct)
    {
        var errors = QueueErrors.Of(settings).ToList();
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var queue = settings.Read(id);
        var live = (await grains.GetGrain<IPoolGrain>(Keys.Pool).Figures([id]))[0];
        var agents = await store.Agents<AgentRecord>(all: true, ct);
        return await desk.Save(caller, [(queue, settings.Version)], [], versions => Results.Ok(Show(queue, live, clock.GetUtcNow(), versions[0]) with
        {
            Warnings = [.. QueueWarnings.Of(queue, agents.Select(agent => agent.State))],
        }), ct);
    }

    private static QueueItem Show(QueueRecord queue, QueueFigures live, DateTimeOffset now, long version) => new(
        queue.Id, queue.Tenant, queue.Name, live.Waiting, live.LongestSince is { } since ? (long)(now - since).TotalMilliseconds : 0, live.LongestSince,
        queue.Priority, queue.Skills, queue.OfferTimeoutMs / 1000, queue.WrapUpMs / 1000, queue.ShortAbandonMs / 1000, queue.Record,
        new ServiceLevel(queue.ServiceLevelPercent, queue.ServiceLevelMs / 1000), queue.Greeting, queue.Codes, queue.PopMs / 1000,
        queue.Strategy.ToString(), queue.SkillRule, [.. queue.Relax.Select(step => new RelaxSetting(step.AfterMs / 1000, step.SkillRule))],
        new AnnouncedWaits(live.Told, live.HeldPercent is { } held ? Math.Round(held, 1) : null, live.ErrorMs),
        queue.MissedPenalty, (int)(queue.WaitLimitMs / 1000),
        queue.MaxWait is { } wait ? new WaitSetting(wait.Ms / 1000, wait.Queue) : null, queue.MaxLength, queue.NoAgent, queue.Overflow, version, live.SwitchedIn)
    {
        Callback = CallbackSettings.Of(queue.Callback),
        Returning = ReturningSettings.Of(queue.Returning),
    };

    /// <summary>A queue with its live figures; waits in milliseconds.</summary>
    /// <param name="SwitchedIn">Queues whose agents help now.</param>
    internal sealed record QueueItem(
        Guid Id, Guid Tenant, string Name, int Waiting, long LongestWaitMs, DateTimeOffset? LongestWaitSince,
        int Priority, IReadOnlyDictionary<string, int> Skills, int OfferTimeoutSeconds, int WrapUpSeconds, int ShortAbandonSeconds, bool Record,
        ServiceLevel ServiceLevel, string? Greeting, IReadOnlyList<DispositionCode> Codes, int PopSeconds,
        string Strategy, string? SkillRule, IReadOnlyList<RelaxSetting> Relax, AnnouncedWaits AnnouncedWaits,
        decimal MissedPenalty, int WaitLimitSeconds,
        WaitSetting? MaxWait, LengthLimit? MaxLength, NoAgentRule? NoAgent, IReadOnlyList<OverflowGroup> Overflow, long Version, IReadOnlyList<Guid> SwitchedIn)
    {
        public CallbackSettings? Callback { get; init; }

        public ReturningSettings? Returning { get; init; }

        /// <summary>After a change: what of it will keep contacts from agents; null when it was only read.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Warnings { get; init; }
    }

    /// <summary>How good the announced waits of the queue were lately: of so many told callers so many percent waited not longer than the 80 % bound; the median was wrong by so much on average.</summary>
    internal sealed record AnnouncedWaits(int Callers, double? HeldPercent, long? MedianErrorMs);
}
