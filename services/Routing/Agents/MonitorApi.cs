using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Routing.Contacts;
using Orleans;

namespace CallCenter.Routing.Agents;

/// <summary>
/// A supervisor in an agent's conversation: the supervisor's phone rings, and what it hears and who hears it is the mode. Asked again
/// with another mode the same leg changes; off ends it. The agent's contact must be one that the supervisor may see.
/// </summary>
internal static class MonitorApi
{
    private const int RingMs = 30_000;

    private const string Off = "off";

    private static readonly Dictionary<string, MonitorMode> Modes = new(StringComparer.Ordinal)
    {
        ["listen"] = MonitorMode.Listen, ["whisper"] = MonitorMode.Whisper, ["barge"] = MonitorMode.Barge, ["take-over"] = MonitorMode.TakeOver,
    };

    public static void MapMonitor(this IEndpointRouteBuilder app) =>
        app.MapPost("/api/agents/{id:guid}/monitor", Monitor).RequireRoles(Role.Supervisor).WithinTeams();

    private static async Task<IResult> Monitor(Guid id, Order order, Caller caller, IGrainFactory grains, CallControl calls)
    {
        if (order.Mode != Off && !Modes.ContainsKey(order.Mode))
        {
            return Problems.Invalid($"There is no mode '{order.Mode}': use {string.Join(", ", Modes.Keys)} or {Off}.");
        }

        var (engagement, problem) = await DeskApi.Find(new(id, order.Contact, caller), grains);
        if (problem is not null)
        {
            return problem;
        }

        if (caller.Tenants.Count > 0 && !caller.Tenants.Contains(engagement!.Tenant))
        {
            return Problems.NotFound("contact of this agent");
        }

        var contact = DeskApi.Contact(engagement!, grains);
        if (order.Mode == Off)
        {
            return await contact.WatchedBy(caller.User) is { } there
                ? DeskApi.Answer(await DeskApi.Send(engagement!, new EndLeg(there), grains, calls))
                : Results.Accepted();
        }

        var leg = await contact.Watch(caller.User, engagement!.Leg);
        var result = await DeskApi.Send(engagement, new MonitorLeg(leg, caller.User, engagement.Leg, Modes[order.Mode], RingMs), grains, calls);
        if (!CallControl.Is(result))
        {
            await contact.Unwatch(leg);
        }

        return DeskApi.Answer(result);
    }

    /// <param name="Contact">The contact that the agent is thought to be in.</param>
    /// <param name="Mode">listen, whisper, barge, take-over, off.</param>
    internal sealed record Order(Guid Contact, string Mode);
}
