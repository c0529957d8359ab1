using System.Collections.Frozen;
using CallCenter.Contracts;
using CallCenter.Contracts.Crm;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Recording;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Reporting.Facts;

namespace CallCenter.Reporting.Contacts;

/// <summary>
/// The pure fold of a contact's events into its history. It depends on the set of the events alone, never on the order
/// in which the sources' events came in between each other, so a replay of the ledger gives the same bytes.
/// </summary>
internal sealed class ContactFold
{
    /// <summary>Events that the fold looks at (QueueRequested for its place in the causal order); others cannot change a history.</summary>
    public static readonly FrozenSet<Type> Uses = FrozenSet.ToFrozenSet(
    [
        typeof(CallArrived), typeof(CallPlaced), typeof(CallbackPlanned), typeof(CallbackRequested), typeof(QueueExited), typeof(CallRejected), typeof(CallAnswered), typeof(LegOffered), typeof(LegRefused),
        typeof(AgentAnswered), typeof(CallHeld), typeof(CallResumed), typeof(ConsultStarted), typeof(ConsultEnded), typeof(ConferenceStarted),
        typeof(NumberDialled), typeof(NumberRefused), typeof(NumberConnected), typeof(MonitorStarted), typeof(LegEnded), typeof(RecordingStarted), typeof(SpeechMeasured), typeof(CallClosed),
        typeof(QueueRequested), typeof(RecordingSealed),
        typeof(ContactQueued), typeof(QueueLeft), typeof(ContactOffered), typeof(OfferEnded), typeof(WrapUpEnded), typeof(ContactEnded), typeof(CustomerIdentified),
    ]);

    private readonly IReadOnlyList<ContactEvent> _events;
    private readonly List<AgentLeg> _legs = [];
    private readonly HashSet<Guid> _invited;
    private readonly Dictionary<Guid, Guid> _queues;
    private readonly Dictionary<Guid, OfferOutcome> _offerEnds = [];
    private readonly QueueStays _stays = new();
    private readonly List<Guid> _recordings = [];
    private readonly CallArrived? _arrived;
    private readonly CallbackPlanned? _planned;
    private readonly Timeline _caller;
    private bool _answered;
    private bool _queued;
    private Guid? _queue;
    private Guid? _agent;
    private SpeechMeasured? _speech;
    private LegEnd? _callerEnd;
    private CallRejected? _rejected;
    private CallClosed? _closed;
    private ContactEnded? _ended;

    private ContactFold(IReadOnlyCollection<ContactEvent> events)
    {
        _events = CausalOrder.Of(events.Where(e => Uses.Contains(e.GetType())).ToList());
        _arrived = _events.OfType<CallArrived>().FirstOrDefault();
        _planned = _events.OfType<CallbackPlanned>().FirstOrDefault();
        _invited = _events.OfType<LegOffered>().Where(e => e.Leg is not null).Select(e => e.Leg!.Value).ToHashSet();
        _queues = _events.OfType<ContactOffered>().Where(e => e.Leg is not null).DistinctBy(e => e.Leg).ToDictionary(e => e.Leg!.Value, e => e.Queue);
        foreach (var ended in _events.OfType<OfferEnded>().Where(e => e.Leg is not null))
        {
            _offerEnds[ended.Leg!.Value] = ended.Outcome;
        }

        _caller = new Timeline(_arrived?.OccurredAt ?? _events.Min(e => e.OccurredAt), Phase.Alerting);
    }

    /// <summary>The history that the events of one contact tell; null when none of them says anything about it.</summary>
    public static ContactHistory? Of(IReadOnlyCollection<ContactEvent> events)
    {
        if (!events.Any(e => Uses.Contains(e.GetType())))
        {
            return null;
        }

        var fold = new ContactFold(events);
        foreach (var e in fold._events)
        {
            fold.Apply(e);
            fold._caller.Enter(fold.CallerPhase(), e.OccurredAt);
        }

        fold.CloseWhatIsLeft();
        return fold.History(fold.WrapUps());
    }

    private Phase CallerPhase() =>
        _legs.Exists(leg => leg.TalksWithCaller) ? Phase.Talk
        : _legs.Exists(leg => leg.HasCaller) ? Phase.Hold
        : !_answered ? Phase.Alerting
        : _queued ? Phase.Queue : Phase.Ivr;

    private void Apply(ContactEvent e)
    {
        switch (e)
        {
            case CallRejected rejected: _rejected = rejected; break;
            case CallAnswered: _answered = true; break;
            case CallClosed closed: Close(closed); break;
            case ContactQueued queued: Enqueue(queued); break;
            case QueueLeft left: LeaveQueue(left); break;
            case CallbackRequested or QueueExited: LeaveQueue(e.OccurredAt); break;
            case ContactEnded ended when ended.Revision >= (_ended?.Revision ?? 0): _ended = ended; break;
            case SpeechMeasured speech: _speech = speech; break;
            case RecordingStarted started: Recorded(started.Recording); break;
            case RecordingSealed sealing: Recorded(sealing.Recording); break;
            case LegEnded { Role: LegRole.Caller } end: EndCaller(end); break;
            default: ApplyToAgentLeg(e); break;
        }
    }

    private void ApplyToAgentLeg(ContactEvent e)
    {
        if (e is ContactOffered offer)
        {
            _stays.Offer(offer);
        }

        switch (e)
        {
            // The leg begins with its INVITE; an offer that never became one is a leg from the offer to its end.
            case ContactOffered offered when !_invited.Contains(e.Leg ?? default): LegOf(e, offered.Agent); break;
            case LegOffered offered: LegOf(e, offered.Agent); break;
            case OfferEnded ended: EndOffer(ended); break;
            case LegRefused refused: Refuse(LegOf(e, refused.Agent), refused); break;
            case AgentAnswered answered: Connect(LegOf(e, answered.Agent), answered); break;
            case CallHeld held: LegOf(e, held.Agent)?.Hold(true, e.OccurredAt); break;
            case CallResumed resumed: LegOf(e, resumed.Agent)?.Hold(false, e.OccurredAt); break;
            // A supervisor who only looked in has no part in the contact's time.
            case LegEnded { Role: LegRole.Supervisor } end: EndLeg(_legs.Find(l => l.Id == e.Leg), end); break;
            case LegEnded end: EndLeg(LegOf(e, end.Agent, end.Role), end); break;
            default: ApplyToConsult(e); break;
        }
    }

    private void ApplyToConsult(ContactEvent e)
    {
        switch (e)
        {
            case ConsultStarted consult:
                LegOf(e, consult.Agent)?.Consult(e.OccurredAt);
                _legs.Find(l => l.Id == consult.With && l.Role == LegRole.External)?.Consult(e.OccurredAt);
                break;
            case ConsultEnded ended: LegOf(e, ended.Agent)?.Return(e.OccurredAt); break;
            case ConferenceStarted conference: LegOf(e, conference.Agent)?.Return(e.OccurredAt); break;
            case NumberDialled: LegOf(e, null, LegRole.External); break;
            case NumberRefused refused when LegOf(e, null, LegRole.External) is { } leg:
                leg.Refusal = refused.Refusal;
                leg.Time.End(e.OccurredAt);
                break;
            case NumberConnected: LegOf(e, null, LegRole.External)?.Answer(e.OccurredAt); break;
            case MonitorStarted { Mode: MonitorMode.TakeOver } taken: LegOf(e, taken.Supervisor, LegRole.Supervisor)?.Answer(e.OccurredAt); break;
        }
    }

    /// <summary>The leg an event is about; begun by the event when what began it was lost. Null when the event names no leg.</summary>
    private AgentLeg? LegOf(ContactEvent e, Guid? agent, LegRole role = LegRole.Agent)
    {
        if (e.Leg is not { } id)
        {
            return null;
        }

        var leg = _legs.Find(l => l.Id == id);
        if (leg is null)
        {
            leg = new AgentLeg(id, role, agent, _queues.TryGetValue(id, out var queue) ? queue : role == LegRole.Agent ? _queue : null, e.OccurredAt)
            {
                // Also of an offer that ended while its INVITE was on the way: Routing's word is then the earlier one.
                Offer = _offerEnds.TryGetValue(id, out var outcome) ? outcome : null,
            };
            _legs.Add(leg);
        }

        return leg;
    }

    private void Recorded(Guid recording)
    {
        if (!_recordings.Contains(recording))
        {
            _recordings.Add(recording);
        }
    }

    private void Enqueue(ContactQueued queued)
    {
        if (_legs.FindLast(l => l.Answered) is { } leg && leg.Queue != queued.Queue)
        {
            leg.Transferred = true;
        }

        (_queued, _queue) = (true, queued.Queue);
        _stays.Enter(queued);
    }

    private void LeaveQueue(QueueLeft left)
    {
        _queued &= left.To is not null;
        _stays.GiveUp(left);
    }

    /// <summary>The caller chose something else than to wait on.</summary>
    private void LeaveQueue(DateTimeOffset at)
    {
        _queued = false;
        _stays.FlowOut(at);
    }

    private void Close(CallClosed closed)
    {
        _closed = closed;
        _stays.CallerGone(closed.OccurredAt, null);
    }

    private void EndCaller(LegEnded end)
    {
        _callerEnd ??= end.End;
        _stays.CallerGone(end.OccurredAt, end.End);
        _caller.End(end.OccurredAt);
    }

    /// <summary>An offer that never became an INVITE is over with it; the others end by their gateway's word.</summary>
    private void EndOffer(OfferEnded ended)
    {
        if (ended.Leg is { } id && !_invited.Contains(id))
        {
            _legs.Find(l => l.Id == id)?.Time.End(ended.OccurredAt);
        }
    }

    private static void Refuse(AgentLeg? leg, LegRefused refused)
    {
        if (leg is not null)
        {
            leg.Refusal = refused.Refusal;
            leg.Time.End(refused.OccurredAt);
        }
    }

    private void Connect(AgentLeg? leg, AgentAnswered answered)
    {
        if (leg is not null)
        {
            leg.Answer(answered.OccurredAt);
            _stays.Answer(leg.Queue, answered.OccurredAt);
            (_agent, _answered, _queued) = (answered.Agent, true, false);
        }
    }

    private static void EndLeg(AgentLeg? leg, LegEnded end)
    {
        if (leg is null)
        {
            return;
        }

        leg.End ??= end.End;
        leg.Transferred |= end.End == LegEnd.Transferred;
        leg.Time.End(end.OccurredAt);
    }

    /// <summary>A leg whose end was lost ends with the call, at the latest with the contact.</summary>
    private void CloseWhatIsLeft()
    {
        var closed = _closed?.OccurredAt ?? _ended?.OccurredAt;
        if ((_rejected?.OccurredAt ?? closed) is { } callerEnd)
        {
            _caller.End(callerEnd);
        }

        foreach (var leg in _legs.Where(_ => closed is not null))
        {
            leg.Time.End(closed!.Value);
        }
    }

    /// <summary>Adds the wrap-ups to their legs; returns when the last of the contact's work ended.</summary>
    private DateTimeOffset WrapUps()
    {
        var last = _legs.Select(l => l.Time.EndedAt ?? default).Append(_caller.EndedAt ?? default).Max();
        foreach (var e in _events.OfType<WrapUpEnded>())
        {
            var leg = _legs.FindLast(l => e.Leg is { } id ? l.Id == id : l.Answered && l.Agent == e.Agent);
            if (leg is { Time.EndedAt: not null })
            {
                var end = leg.Time.WrapUp(e.OccurredAt);
                last = end > last ? end : last;
            }
        }

        return last;
    }

    private ContactHistory History(DateTimeOffset lastWork)
    {
        var first = _events[0];
        var endedAt = _ended is null ? (DateTimeOffset?)null : _ended.OccurredAt > lastWork ? _ended.OccurredAt : lastWork;
        var legs = _legs.Select(l => l.History()).ToList();
        return new ContactHistory(first.Stream, first.Tenant, _planned is null ? "VoiceIn" : "Callback",
            _arrived?.Caller ?? _rejected?.Caller ?? _planned?.Number, _arrived?.Called ?? _rejected?.Called ?? _planned?.Shown, _caller.StartedAt, endedAt,
            _queue, _agent, _ended?.Termination.Text(), _recordings, [CallerHistory(), .. legs])
        {
            Customer = _events.OfType<CustomerIdentified>().FirstOrDefault() is { } known ? new CustomerItem(known.Customer, known.Name) : null,
            Disposition = _events.OfType<WrapUpEnded>().LastOrDefault(e => e.Disposition is not null)?.Disposition,
            Origin = _arrived?.Origin,
            Speech = _speech is null ? null : SpeechItem.Of(_speech),
            Queues = [.. _stays.Facts(_ended, legs).Select(WithSpeech)],
        };
    }

    /// <summary>Speech is measured over the whole contact: it counts for the queue whose agent had the caller last.</summary>
    private QueueFact WithSpeech(QueueFact fact) => _speech is { } s && _legs.FindLast(leg => leg.Answered && leg.Role == LegRole.Agent)?.Queue == fact.Queue
        ? fact with { Speech = new(s.ConversationMs, s.CallerMs, s.AgentMs, s.TalkOverMs, s.SilenceMs, s.LongestSilenceMs) }
        : fact;

    private LegHistory CallerHistory()
    {
        var id = _events.FirstOrDefault(IsAboutCaller)?.Leg ?? _events[0].Stream;
        var outcome = _caller.EndedAt is null ? null : _rejected is null ? _callerEnd?.ToString() ?? "Unknown" : "Rejected";
        return new LegHistory(id, LegRole.Caller, null, _caller.StartedAt, _caller.EndedAt, outcome, _caller.Phases());
    }

    private static bool IsAboutCaller(ContactEvent e) =>
        e is { Leg: not null } and (CallArrived or CallPlaced or CallAnswered or CallRejected or LegEnded { Role: LegRole.Caller });
}
