using CallCenter.Contracts;

namespace CallCenter.Routing.Contacts;

/// <summary>A decision in the making.</summary>
internal sealed class Draft(ContactState state)
{
    private readonly List<ContactEvent> events = [];
    private readonly List<Effect> effects = [];

    public ContactState State { get; set; } = state;

    public void Set(AgentLeg leg) => State = State with { Legs = [.. State.Legs.Select(one => one.Leg == leg.Leg ? leg : one)] };

    public void At(DateTimeOffset at) => State = at > State.LastAt ? State with { LastAt = at } : State;

    public void Tell(ContactEvent e) => events.Add(e with { Tenant = State.Tenant, Stream = State.Id });

    /// <summary>What would be the agent's is nobody's on a leg to a number outside.</summary>
    public void Do(Effect effect)
    {
        if (effect is not (AgentEffect { Leg.Number: not null }))
        {
            effects.Add(effect);
        }
    }

    public Decision Decide() => new(State, events, effects);
}
