using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Reporting.Contacts;

namespace CallCenter.Reporting.Facts;

/// <summary>
/// A contact's queues while its events are folded, in causal order. It waits in one queue at a time; entering another
/// queue or being answered for another ends the waiting. Why a caller's leg ended says how the waiting ended, and the
/// contact's termination, once told, says it when the system ended it.
/// </summary>
internal sealed class QueueStays
{
    /// <summary>Of a queue whose settings did not come with the entry.</summary>
    public const long DefaultShortAbandonMs = 5_000, DefaultServiceLevelMs = 20_000;

    private readonly List<Stay> _stays = [];
    private Stay? _waiting;
    private Stay? _givenUp;
    private DateTimeOffset? _goneAt;
    private LegEnd? _callerEnd;

    public void Enter(ContactQueued e) => Enter(e.Queue, e.OccurredAt, e.ShortAbandonMs, e.ServiceLevelMs);

    /// <summary>An offer shows that the contact is in the queue, should the entry have been lost.</summary>
    public void Offer(ContactOffered e)
    {
        if (Find(e.Queue) is null)
        {
            Enter(e.Queue, e.OccurredAt, null, null);
        }
    }

    /// <summary>An agent answered for the queue; for the one where the contact waits when the offer was lost.</summary>
    public void Answer(Guid? queue, DateTimeOffset at)
    {
        var answered = Find(queue) ?? _waiting;
        _waiting?.Leave(at, _waiting == answered ? QueueOutcome.Answered : QueueOutcome.FlowOut);
        if (answered != _waiting)
        {
            answered?.Leave(at, QueueOutcome.Answered);
        }

        _waiting = null;
    }

    /// <summary>A rule of the queue gave the contact up to the flow. What is in another queue already has entered there.</summary>
    public void GiveUp(QueueLeft e)
    {
        if (e.To is null && _waiting is { } waiting && waiting.Queue == e.Queue)
        {
            waiting.Leave(e.OccurredAt, OutcomeOf(e.Rule));
            (_waiting, _givenUp) = (null, waiting);
        }
    }

    /// <summary>The caller left the queue for a callback, a message or another step of the flow.</summary>
    public void FlowOut(DateTimeOffset at)
    {
        _waiting?.Leave(at, QueueOutcome.FlowOut);
        _waiting = null;
    }

    /// <summary>The caller's leg is over; without an end when only the close of the call is known.</summary>
    public void CallerGone(DateTimeOffset at, LegEnd? end)
    {
        _goneAt ??= at;
        _callerEnd ??= end;
    }

    /// <summary>What is known now, in the order of first entry.</summary>
    public IReadOnlyList<QueueFact> Facts(ContactEnded? ended, IReadOnlyList<LegHistory> legs)
    {
        if (_waiting is { } last && (_goneAt ?? ended?.OccurredAt) is { } at)
        {
            last.Leave(at, wait => WhyLeft(ended?.Termination.Kind, wait < last.ShortAbandonMs));
        }

        if (ended?.Termination.Kind == TerminationKind.Deflected)
        {
            _givenUp?.WentOn();
        }

        return [.. _stays.Select(stay => stay.Fact(HandlingOf(stay.Queue, legs)))];
    }

    private void Enter(Guid queue, DateTimeOffset at, long? shortAbandonMs, long? serviceLevelMs)
    {
        if (_waiting?.Queue == queue)
        {
            return;
        }

        _waiting?.Leave(at, QueueOutcome.FlowOut);
        if (_givenUp?.Queue != queue)
        {
            _givenUp?.WentOn();
        }

        _givenUp = null;
        _waiting = Find(queue);
        if (_waiting is null)
        {
            _waiting = new Stay(queue, at, shortAbandonMs ?? DefaultShortAbandonMs, serviceLevelMs ?? DefaultServiceLevelMs);
            _stays.Add(_waiting);
        }

        _waiting.Return(at);
    }

    /// <summary>Why the contact does not wait any more although nobody answered.</summary>
    private QueueOutcome WhyLeft(TerminationKind? termination, bool isShort)
    {
        var byCaller = isShort ? QueueOutcome.ShortAbandoned : QueueOutcome.Abandoned;
        return termination switch
        {
            TerminationKind.QueueTimeout => QueueOutcome.TimedOut,
            TerminationKind.NoAgent => QueueOutcome.NoAgent,
            TerminationKind.Failed or TerminationKind.Rejected or TerminationKind.QueueFull => QueueOutcome.Failed,
            // A customer who was called back and did not answer: the next try is a contact of its own.
            TerminationKind.NoAnswer or TerminationKind.Busy => QueueOutcome.FlowOut,
            TerminationKind.Closed or TerminationKind.Deflected => QueueOutcome.FlowOut,
            TerminationKind.CallerAbandoned or TerminationKind.ShortAbandon => byCaller,
            _ => _callerEnd switch
            {
                LegEnd.GatewayDied or LegEnd.GatewayStopped => QueueOutcome.Failed,
                // Ended by the system: the termination, told within seconds, says why; after an answer elsewhere it is the flow's doing.
                LegEnd.Ended => termination is null ? QueueOutcome.StillWaiting : QueueOutcome.FlowOut,
                _ => byCaller,
            },
        };
    }

    private static QueueOutcome OutcomeOf(QueueRule rule) => rule switch
    {
        QueueRule.MaxWait => QueueOutcome.TimedOut,
        QueueRule.MaxLength => QueueOutcome.Failed,
        _ => QueueOutcome.NoAgent,
    };

    private Stay? Find(Guid? queue) => _stays.Find(stay => stay.Queue == queue);

    private static Handling HandlingOf(Guid queue, IReadOnlyList<LegHistory> legs)
    {
        var answered = legs.Where(leg => leg.Queue == queue && leg.AnsweredAt is not null).ToList();
        return new Handling(
            answered.Count, answered.Count(leg => leg.Holds > 0), answered.Count(leg => leg.Transferred),
            answered.Sum(leg => leg.Phases.Talk), answered.Sum(leg => leg.Phases.Hold),
            answered.Sum(leg => leg.Phases.Consult), answered.Sum(leg => leg.Phases.WrapUp));
    }

    private sealed class Stay(Guid queue, DateTimeOffset enteredAt, long shortAbandonMs, long serviceLevelMs)
    {
        private QueueOutcome _outcome;
        private long _waitMs;
        private DateTimeOffset _since;

        public Guid Queue { get; } = queue;

        public long ShortAbandonMs { get; } = shortAbandonMs;

        /// <summary>The contact waits here (again). Once answered it stays so: a return is no new offer.</summary>
        public void Return(DateTimeOffset at)
        {
            _since = at;
            _outcome = _outcome == QueueOutcome.Answered ? QueueOutcome.Answered : QueueOutcome.StillWaiting;
        }

        /// <summary>What a rule gave up came to another queue, or left a message.</summary>
        public void WentOn() => _outcome = _outcome == QueueOutcome.Answered ? QueueOutcome.Answered : QueueOutcome.FlowOut;

        public void Leave(DateTimeOffset at, QueueOutcome outcome) => Leave(at, _ => outcome);

        public void Leave(DateTimeOffset at, Func<long, QueueOutcome> why)
        {
            if (_outcome == QueueOutcome.StillWaiting)
            {
                // Two sources' clocks: nobody leaves before entry.
                _waitMs += Math.Max(0, at.ToUnixTimeMilliseconds() - _since.ToUnixTimeMilliseconds());
            }

            _outcome = _outcome == QueueOutcome.Answered ? QueueOutcome.Answered : why(_waitMs);
        }

        public QueueFact Fact(Handling handling) => new(
            Queue, DateTimeOffset.FromUnixTimeMilliseconds(enteredAt.ToUnixTimeMilliseconds()), _outcome,
            _outcome == QueueOutcome.StillWaiting ? 0 : _waitMs, serviceLevelMs, handling);
    }
}
