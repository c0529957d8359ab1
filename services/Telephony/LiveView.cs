using CallCenter.Telephony.Anchor;
using CallCenter.Telephony.Edge;

namespace CallCenter.Telephony;

/// <summary>A call as it is now.</summary>
internal sealed record LiveCall(
    Guid Contact, Guid Tenant, string Called, string Trunk, DateTimeOffset ArrivedAt, string Phase, string Holder, long Epoch, IReadOnlyList<LiveLeg> Legs);

/// <summary>An agent's leg as it is now.</summary>
internal sealed record LiveLeg(Guid Id, Guid Agent, string Phase, bool Held);

/// <summary>A phone that can be rung.</summary>
/// <param name="StandingLeg">"Free" or "Joined" where a leg is kept up; null where it is rung.</param>
internal sealed record LiveRegistration(Guid? Agent, string SipUser, string Contact, string Transport, string From, DateTimeOffset ExpiresAt, string? Device, string? StandingLeg);

/// <summary>A list.</summary>
internal sealed record Items<T>(IReadOnlyList<T> Data)
{
    [System.Text.Json.Serialization.JsonPropertyName("items")]
    public IReadOnlyList<T> Data { get; init; } = Data;
}

/// <summary>What the gateway is doing now, for people.</summary>
internal static class LiveView
{
    public static Items<LiveCall> Calls(Calls calls) => new([.. calls.Live.Select(Of)]);

    /// <summary>Those of the other gateways too, without what only they know of them.</summary>
    public static Items<LiveRegistration> Registrations(Registrations registrations, Neighbours neighbours, StandingLegs standing) => new([.. Here(registrations, standing), .. neighbours.All().Select(d =>
        new LiveRegistration(d.Agent, d.Device.User, d.Device.Contact, d.Device.Origin.Transport.ToString(), d.Device.Origin.Remote.ToString(), d.Device.ExpiresAt, null, null))]);

    private static IEnumerable<LiveRegistration> Here(Registrations registrations, StandingLegs standing) => registrations.Registrar.All.Select(b => new LiveRegistration(
        registrations.AgentOf(b.User), b.User, b.Contact, b.Origin.Transport.ToString(), b.Origin.Remote.ToString(), b.ExpiresAt, b.UserAgent,
        registrations.AgentOf(b.User) is { } agent && standing.Of(agent) is { } leg && leg.Device == b.Contact ? leg.IsTaken ? "Joined" : "Free" : null));

    private static LiveCall Of(Call call)
    {
        var state = call.State;
        return new(call.Contact, call.Tenant, call.Called, call.Trunk, call.ArrivedAt, state.Phase.ToString(), state.Holder.ToString(), state.Epoch,
            [.. state.Legs.Values.Select(l => new LiveLeg(l.Leg, l.Agent, l.Phase.ToString(), l.IsHeld))]);
    }
}
