using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Crm;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Desk.Push;

namespace CallCenter.Desk.Live;

/// <summary>
/// What is known of a contact, from its events in whatever order they come: facts are set once, a leg's state only goes forward
/// (offered, then talking and held by the events' time, then wrap-up, then over).
/// </summary>
internal sealed class LiveContact(Guid id, Guid tenant)
{
    private readonly Dictionary<Guid, LiveLeg> _legs = [];
    private DateTimeOffset _secondAt;
    private DateTimeOffset _recordingAt;

    public Guid Id => id;

    public Guid Tenant => tenant;

    public string? Caller { get; set; }

    public string? Called { get; set; }

    /// <summary>Of the call flow, as a BCP 47 tag.</summary>
    public string? Language { get; set; }

    public CustomerTag? Customer { get; set; }

    /// <summary>The customer is called back; null for a call that came in.</summary>
    public CallbackPlanned? Callback { get; private set; }

    /// <summary>Whom an agent of the contact asked for.</summary>
    public LiveSecond? Second { get; private set; }

    /// <summary>Whom an agent asked for in vain, or who left; until the next is asked.</summary>
    public LostSecond? Lost { get; private set; }

    public bool IsRecordingPaused { get; private set; }

    /// <summary>A card that the caller types, or what became of it; null when none was asked for.</summary>
    public LiveCard? Card { get; private set; }

    /// <summary>What events did not tell was read from the owners.</summary>
    public bool WasRead { get; set; }

    public bool HasEnded { get; private set; }

    /// <summary>Whether a pop can be made, or what is missing has to be read first.</summary>
    public bool IsKnown(LiveLeg leg) => WasRead || (Caller is not null && Called is not null && Language is not null && leg.Queue is not null);

    public LiveLeg? Leg(Guid leg) => _legs.GetValueOrDefault(leg);

    /// <summary>The agent's part in the contact that goes on.</summary>
    public LiveLeg? LegOf(Guid agent) => _legs.Values.FirstOrDefault(leg => leg.Agent == agent && leg.State != PopState.Over);

    /// <summary>Legs that go on.</summary>
    public IEnumerable<LiveLeg> Open() => _legs.Values.Where(leg => leg.State != PopState.Over);

    /// <summary>The leg, made when it is new.</summary>
    public LiveLeg Leg(Guid leg, Guid agent, PopState state, DateTimeOffset at)
    {
        if (!_legs.TryGetValue(leg, out var known))
        {
            _legs.Add(leg, known = new LiveLeg(agent, state, at));
        }

        return known;
    }

    /// <summary>Takes in the event; the legs whose pop is another one now.</summary>
    public IReadOnlyList<LiveLeg> Apply(ContactEvent e)
    {
        switch (e)
        {
            case CallArrived arrived:
                return (Caller, Called) == (arrived.Caller, arrived.Called) ? [] : Changed(() => (Caller, Called) = (arrived.Caller, arrived.Called));
            case CallbackPlanned planned:
                return Callback is not null ? [] : Changed(() => (Callback, Caller, Called, Language) = (planned, planned.Number, planned.Shown, planned.Language));
            case FlowStarted flow:
                return Language == flow.Language ? [] : Changed(() => Language = flow.Language);
            case CustomerIdentified customer:
                var tag = new CustomerTag(customer.Customer, customer.Name, customer.IsNew);
                return Customer == tag ? [] : Changed(() => Customer = tag);
            case ContactEnded:
                HasEnded = true;
                var open = Open().ToList();
                open.ForEach(leg => leg.Enter(PopState.Over, e));
                return open;
            case MonitorStarted monitor:
                return LegOf(monitor.Agent) is { } watched && watched.Watch(monitor.Mode) ? [watched] : [];
            case RecordingPaused or RecordingResumed or RecordingStarted:
                return FollowRecording(e) ? [.. Open()] : [];
            case CardCollectionStarted or CardDigitsEntered or CardCollectionEnded:
                return FollowCard(e) ? [.. Open()] : [];
            case { Leg: { } leg } when AgentOf(e) is { } agent:
                var changed = Apply(e, leg, agent);
                return FollowSecond(e, leg) ? [.. Open().Union(changed)] : changed;
            case { Leg: { } leg }:
                return FollowSecond(e, leg) ? [.. Open()] : [];
            default:
                return [];
        }
    }

    /// <summary>Silence and sound alternate: the later event counts.</summary>
    private bool FollowRecording(ContactEvent e)
    {
        var before = IsRecordingPaused;
        if (e.OccurredAt >= _recordingAt)
        {
            (IsRecordingPaused, _recordingAt) = (e is RecordingPaused, e.OccurredAt);
        }

        return IsRecordingPaused != before;
    }

    /// <summary>A gateway's events of a card, in the order of their numbers: what is told late says nothing new.</summary>
    private bool FollowCard(ContactEvent e)
    {
        if (e.Sequence <= Card?.Sequence)
        {
            return false;
        }

        var before = Card;
        Card = e switch
        {
            CardCollectionStarted started => new LiveCard(started.Collection, started.Agent, started.Fields[0], 0, "typing", null, e.Sequence),
            CardDigitsEntered entered when entered.Collection == before?.Collection =>
                before with { Field = entered.Field, Count = entered.Count, State = entered.Sent ? "sent" : "typing", Sequence = e.Sequence },
            CardCollectionEnded ended when ended.Collection == before?.Collection =>
                before with { State = JsonNamingPolicy.CamelCase.ConvertName(ended.Outcome.ToString()), Reference = ended.Reference, Sequence = e.Sequence },
            _ => before,
        };
        return Card != before;
    }

    /// <summary>The second party from its ringing to its end; true when it is another one now, or at something else. What is older than that changes nothing.</summary>
    private bool FollowSecond(ContactEvent e, Guid leg)
    {
        var before = Second;
        if (e.OccurredAt < _secondAt)
        {
            return false;
        }

        Second = e switch
        {
            ContactOffered { AskedBy: { } by, Why: "Consult" } offered => new LiveSecond(leg, by, offered.Agent, null, "ringing"),
            NumberDialled dialled => new LiveSecond(leg, null, null, dialled.Number, "ringing"),
            ConsultStarted started when started.With == before?.Leg => before with { By = started.Agent, State = "consulting" },
            ConsultEnded ended when ended.Agent == before?.By && before.State == "consulting" => before with { State = "waiting" },
            ConferenceStarted started when started.With == before?.Leg => before with { By = started.Agent, State = "conference" },
            OfferEnded { Outcome: not OfferOutcome.Accepted } or NumberRefused or LegEnded when leg == before?.Leg => null,
            LegEnded ended when ended.Agent is { } gone && gone == before?.By => null,
            _ => before,
        };
        if (Second == before)
        {
            return false;
        }

        (_secondAt, Lost) = (e.OccurredAt, Second is null && leg == before!.Leg && WhyLost(e) is { } why ? new LostSecond(before, why) : null);
        return true;
    }

    /// <summary>Why who was asked is not there; null when the agent wanted it so.</summary>
    private static string? WhyLost(ContactEvent e) => e switch
    {
        OfferEnded { Outcome: not OfferOutcome.CallerGone } ended => ended.Outcome.ToString(),
        NumberRefused { Refusal: not LegRefusal.Withdrawn } refused => refused.Refusal.ToString(),
        LegEnded { End: LegEnd.PartyHungUp or LegEnd.Lost } => "Left",
        _ => null,
    };

    private static Guid? AgentOf(ContactEvent e) => e switch
    {
        ContactOffered offered => offered.Agent,
        OfferEnded ended => ended.Agent,
        AgentAnswered answered => answered.Agent,
        CallHeld held => held.Agent,
        CallResumed resumed => resumed.Agent,
        ConsultStarted started => started.Agent,
        ConsultEnded ended => ended.Agent,
        ConferenceStarted started => started.Agent,
        WrapUpStarted wrapUp => wrapUp.Agent,
        WrapUpEnded wrapUp => wrapUp.Agent,
        _ => null,
    };

    private IReadOnlyList<LiveLeg> Apply(ContactEvent e, Guid id, Guid agent)
    {
        var isNew = !_legs.ContainsKey(id);
        var leg = Leg(id, agent, PopState.Offered, e.OccurredAt);
        var changed = e switch
        {
            ContactOffered offered => leg.Offer(offered),
            OfferEnded { Outcome: OfferOutcome.Accepted } => false,
            OfferEnded ended => leg.Enter(PopState.Over, e, outcome: ended.Outcome.ToString()),
            AgentAnswered or CallResumed or ConsultEnded or ConferenceStarted => leg.Enter(PopState.Talking, e),
            ConsultStarted => leg.Enter(PopState.Consulting, e),
            CallHeld => leg.Enter(PopState.Held, e),
            WrapUpStarted wrapUp => leg.Enter(PopState.WrapUp, e, wrapUpDeadline: wrapUp.Deadline),
            WrapUpEnded => leg.Enter(PopState.Over, e),
            _ => false,
        };
        return changed || isNew ? [leg] : [];
    }

    private List<LiveLeg> Changed(Action change)
    {
        change();
        return [.. Open()];
    }
}

/// <summary>One agent's part in a contact.</summary>
internal sealed class LiveLeg(Guid agent, PopState state, DateTimeOffset since)
{
    private (int Rank, DateTimeOffset At, long Sequence) _last = (Rank(state), default, 0);

    public Guid Agent => agent;

    public Guid? Queue { get; set; }

    public DateTimeOffset? OfferedAt { get; set; }

    /// <summary>The agent who asks for this one.</summary>
    public Guid? AskedBy { get; private set; }

    public DateTimeOffset? Deadline { get; set; }

    public PopState State { get; private set; } = state;

    public DateTimeOffset StateSince { get; private set; } = since;

    public DateTimeOffset? WrapUpDeadline { get; set; }

    public string? Outcome { get; private set; }

    /// <summary>A supervisor has the caller in this agent's place.</summary>
    public bool IsTakenOver { get; private set; }

    /// <summary>True when that was not known.</summary>
    public bool Watch(MonitorMode mode)
    {
        var before = IsTakenOver;
        IsTakenOver = mode == MonitorMode.TakeOver;
        return IsTakenOver != before;
    }

    /// <summary>The offer's own facts; true when they were not known.</summary>
    public bool Offer(ContactOffered e)
    {
        if (OfferedAt == e.OccurredAt && Queue == e.Queue)
        {
            return false;
        }

        (Queue, OfferedAt, Deadline, AskedBy) = (e.Queue, e.OccurredAt, e.Deadline, e.AskedBy);
        if (State == PopState.Offered)
        {
            StateSince = e.OccurredAt;
        }

        return true;
    }

    /// <summary>Whether the owner's state is a later one than is known here.</summary>
    public bool IsBehind(PopState told, DateTimeOffset since) =>
        Rank(told) > _last.Rank || (Rank(told) == _last.Rank && told != State && since > StateSince);

    /// <summary>Goes to the state that the owner told, unless events told more.</summary>
    public void CatchUp(PopState told, DateTimeOffset since)
    {
        if (IsBehind(told, since))
        {
            (State, StateSince, _last) = (told, since, (Rank(told), since, 0));
        }
    }

    /// <summary>Goes to the state unless a later one was seen.</summary>
    public bool Enter(PopState next, ContactEvent e, string? outcome = null, DateTimeOffset? wrapUpDeadline = null)
    {
        WrapUpDeadline ??= wrapUpDeadline;
        // What ended the leg says more than the end of the whole contact, which is told after it.
        var stamp = (e is WrapUpEnded or OfferEnded ? OverByName : Rank(next), e.OccurredAt, e.Sequence);
        if (stamp.CompareTo(_last) <= 0 || (stamp.Item1 == _last.Rank && stamp.Item1 != Conversation))
        {
            return false;
        }

        (State, StateSince, Outcome, _last) = (next, e.OccurredAt, outcome, stamp);
        return true;
    }

    private const int Conversation = 1, OverByName = 4;

    // A hold or consult and its end alternate: among these the later event counts.
    private static int Rank(PopState state) => state switch { PopState.Offered => 0, PopState.Talking or PopState.Held or PopState.Consulting => Conversation, PopState.WrapUp => 2, _ => 3 };
}

/// <summary>A card that the caller types; the digits themselves are told to nobody.</summary>
/// <param name="Agent">Who asked for it.</param>
/// <param name="Count">Digits of the field so far.</param>
/// <param name="State">typing, sent, or how it ended (a <see cref="CardOutcome"/>).</param>
/// <param name="Reference">The payment service's own.</param>
/// <param name="Sequence">Of the last event that said so.</param>
internal sealed record LiveCard(Guid Collection, Guid Agent, CardField Field, int Count, string State, string? Reference, long Sequence);

/// <summary>A second party in the agents' part of a contact.</summary>
/// <param name="By">The agent who asked; null while only the number's dialling is known: the one who has the caller.</param>
/// <param name="State">ringing, consulting, waiting while the agent is with the caller, conference.</param>
internal sealed record LiveSecond(Guid Leg, Guid? By, Guid? Agent, string? Number, string State);

/// <summary>A second party that did not come, or is gone by itself.</summary>
/// <param name="Why">An OfferOutcome or LegRefusal; "Left" for one who was there.</param>
internal sealed record LostSecond(LiveSecond Second, string Why);
