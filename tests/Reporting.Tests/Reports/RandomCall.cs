using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Reporting.Facts;
using CallCenter.Reporting.Tests.Contacts;

namespace CallCenter.Reporting.Tests.Reports;

/// <summary>What is true of a contact in one queue: kept while the call is played, not read from its events.</summary>
internal sealed class TrueEntry(Guid queue, long enteredAt, long shortAbandonMs, long serviceLevelMs)
{
    public Guid Queue { get; } = queue;

    public long EnteredAt { get; } = enteredAt;

    public long ShortAbandonMs { get; } = shortAbandonMs;

    public long ServiceLevelMs { get; } = serviceLevelMs;

    public QueueOutcome Outcome { get; set; }

    public long WaitMs { get; set; }

    public List<TrueLeg> Legs { get; } = [];
}

/// <summary>What is true of an agent's leg. Missed: the offer was not answered or was refused.</summary>
internal sealed class TrueLeg(Guid agent)
{
    public Guid Agent { get; } = agent;

    public long? AnsweredAt { get; set; }

    public long? MissedAt { get; set; }

    public int Holds { get; set; }

    public long TalkMs { get; set; }

    public long HoldMs { get; set; }

    public long WrapUpMs { get; set; }

    public bool Transferred { get; set; }
}

/// <summary>
/// Plays one random call: writes the events that its services would tell and keeps its own tally of what happened. Waits are
/// often exactly at, one millisecond before or after a threshold. Times are milliseconds from <see cref="Script.Start"/>.
/// </summary>
internal sealed class RandomCall
{
    private const int MostSteps = 8;
    private static readonly TerminationKind[] BySystem = [TerminationKind.QueueTimeout, TerminationKind.NoAgent, TerminationKind.Deflected, TerminationKind.Closed, TerminationKind.Failed];

    private readonly Random _random;
    private readonly List<(long At, TrueLeg Leg, Guid Id)> _wrapUps = [];
    private long _now;
    private long _since;
    private TrueEntry? _waiting;
    private bool _answered;
    private bool _over;

    private RandomCall(int id, Guid tenant, long start, Random random)
    {
        (_random, _now) = (random, start);
        Script = new Script { Tenant = tenant, Contact = Script.Id(1_000_000 + id), CallerLeg = NewId() };
    }

    public static Guid[] Queues { get; } = [Script.Id(201), Script.Id(202), Script.Id(203)];

    public static Guid[] Agents { get; } = [.. Enumerable.Range(601, 8).Select(Script.Id)];

    public Script Script { get; }

    public List<TrueEntry> Entries { get; } = [];

    public List<TrueLeg> Legs { get; } = [];

    public static RandomCall Play(int id, Guid tenant, long start, Random random)
    {
        var call = new RandomCall(id, tenant, start, random);
        call.Arrive();
        if (random.Next(12) == 0)
        {
            call.CallerHangsUp(TerminationKind.CallerAbandoned);
        }
        else
        {
            call.Enter(call.Any(Queues), returning: false);
            for (var step = 1; call is { _waiting: not null, _over: false }; step++)
            {
                call.Step(step < MostSteps ? random.Next(12) : 6);
            }
        }

        call.FlushWrapUps(long.MaxValue);
        return call;
    }

    private void Step(int choice)
    {
        switch (choice)
        {
            case < 5: Answer(); break;
            case 5: MissAnOffer(); break;
            case 6: Wait(); Abandon(); break;
            case 7: Wait(); Enter(Any(Queues), returning: false); break;
            case 8 when !_answered: Wait(); EndBySystem(Any(BySystem)); break;
            case 9: Wait(); GatewayDies(null); break;
            case 10: _over = true; break;
            default: AbandonWhileRinging(); break;
        }
    }

    private void Arrive()
    {
        Script.Telephony(_now, new CallArrived("gw", "+35840111", "+35891234", "demo", Script.Id(500), 0));
        Script.Ivr(_now + 20, new FlowStarted(Script.Id(500), 1, "fi"), Script.Last<CallArrived>());
        Script.Telephony(_now + 150, new CallAnswered("PCMA"));
        _now += 150 + _random.Next(1, 5_000);
    }

    private void Enter(Guid queue, bool returning)
    {
        Script.Ivr(_now, new QueueRequested(queue, returning), returning ? Script.Last<LegEnded>() : null);
        long? shortAbandon = Any(new long?[] { null, 0, 3_000 }), serviceLevel = Any(new long?[] { null, 10_000, 15_000 });
        FlushWrapUps(_now);
        Script.Routing(_now, new ContactQueued(queue, 0, shortAbandon, serviceLevel), cause: Script.Last<QueueRequested>());
        if (_waiting?.Queue == queue)
        {
            return;
        }

        Leave(QueueOutcome.FlowOut);
        if (Legs.LastOrDefault(l => l.AnsweredAt is not null) is { } last && !Entries.Single(e => e.Legs.Contains(last)).Queue.Equals(queue))
        {
            last.Transferred = true;
        }

        _waiting = Entries.Find(e => e.Queue == queue);
        if (_waiting is null)
        {
            _waiting = new TrueEntry(queue, _now, shortAbandon ?? 5_000, serviceLevel ?? 20_000);
            Entries.Add(_waiting);
        }
        else if (_waiting.Outcome != QueueOutcome.Answered)
        {
            _waiting.Outcome = QueueOutcome.StillWaiting;
        }

        _since = _now;
    }

    /// <summary>Lets time pass, preferably to a threshold.</summary>
    private void Wait() => _now = Math.Max(_now + 1, _since + Any([
        _waiting!.ShortAbandonMs - 1, _waiting.ShortAbandonMs, _waiting.ShortAbandonMs + 1,
        _waiting.ServiceLevelMs - 1, _waiting.ServiceLevelMs, _waiting.ServiceLevelMs + 1, _random.Next(1, 90_000)]) - _waiting.WaitMs);

    private (Guid Id, TrueLeg Leg) Offer()
    {
        var (id, leg) = (NewId(), new TrueLeg(Any(Agents)));
        Legs.Add(leg);
        FlushWrapUps(_now);
        Script.Routing(_now, new ContactOffered(_waiting!.Queue, leg.Agent, Script.Start.AddMilliseconds(_now + 20_000), "longest idle"), id)
            .Telephony(_now, new LegOffered(leg.Agent), id);
        return (id, leg);
    }

    private void MissAnOffer()
    {
        var (id, leg) = Offer();
        _now += _random.Next(1, 20_000);
        var refusal = Any([LegRefusal.NoAnswer, LegRefusal.Rejected, LegRefusal.Failed]);
        leg.MissedAt = refusal == LegRefusal.Failed ? null : _now;
        Script.Telephony(_now, new LegRefused(leg.Agent, refusal, 480), id);
        _now += 2;
        FlushWrapUps(_now);
        Script.Routing(_now, new OfferEnded(_waiting!.Queue, leg.Agent, Enum.Parse<OfferOutcome>(refusal.ToString())), id);
    }

    private void Answer()
    {
        var (id, leg) = Offer();
        Wait();
        var queue = _waiting!;
        Script.Telephony(_now, new AgentAnswered(leg.Agent), id);
        Leave(QueueOutcome.Answered);
        _answered = true;
        queue.Legs.Add(leg);
        leg.AnsweredAt = _now;
        Talk(id, leg);
        EndTalk(id, leg, queue.Queue);
    }

    private void Talk(Guid id, TrueLeg leg)
    {
        leg.TalkMs += Pass(60_000);
        while (_random.Next(3) == 0)
        {
            Script.Telephony(_now, new CallHeld(leg.Agent), id);
            leg.Holds++;
            leg.HoldMs += Pass(30_000);
            if (_random.Next(4) == 0)
            {
                return;
            }

            Script.Telephony(_now, new CallResumed(leg.Agent), id);
            leg.TalkMs += Pass(60_000);
        }
    }

    private void EndTalk(Guid id, TrueLeg leg, Guid queue)
    {
        leg.WrapUpMs = _random.Next(0, 40_000);
        _wrapUps.Add((_now + leg.WrapUpMs, leg, id));
        switch (_random.Next(6))
        {
            case 0:
                Script.Telephony(_now, new LegEnded(LegRole.Agent, leg.Agent, LegEnd.Lost), id);
                _now += 5;
                Enter(queue, returning: true);
                break;
            case 1:
                Script.Telephony(_now, new LegEnded(LegRole.Agent, leg.Agent, LegEnd.Ended), id);
                _now += 5;
                Enter(Any(Queues), returning: true);
                break;
            case 2:
                GatewayDies(id);
                break;
            default:
                Script.Telephony(_now, new LegEnded(LegRole.Agent, leg.Agent, LegEnd.Ended), id);
                CallerHangsUp(TerminationKind.Completed);
                break;
        }
    }

    private void Abandon()
    {
        var isShortOfLast = _now - _since < _waiting!.ShortAbandonMs;
        Leave(null);
        CallerHangsUp(_answered ? TerminationKind.Completed : isShortOfLast ? TerminationKind.ShortAbandon : TerminationKind.CallerAbandoned);
    }

    private void AbandonWhileRinging()
    {
        var (id, leg) = Offer();
        Wait();
        var queue = _waiting!.Queue;
        Abandon();
        Script.Telephony(_now + 1, new LegRefused(leg.Agent, LegRefusal.Withdrawn, 487), id);
        Script.Routing(_now + 2, new OfferEnded(queue, leg.Agent, OfferOutcome.CallerGone), id);
    }

    private void EndBySystem(TerminationKind kind)
    {
        Leave(kind switch
        {
            TerminationKind.QueueTimeout => QueueOutcome.TimedOut,
            TerminationKind.NoAgent => QueueOutcome.NoAgent,
            TerminationKind.Failed => QueueOutcome.Failed,
            _ => QueueOutcome.FlowOut,
        });
        Close(LegEnd.Ended, kind);
    }

    private void GatewayDies(Guid? talking)
    {
        if (talking is { } id)
        {
            Script.Telephony(_now, new LegEnded(LegRole.Agent, Legs[^1].Agent, LegEnd.GatewayDied), id);
        }

        Leave(QueueOutcome.Failed);
        Close(LegEnd.GatewayDied, _answered ? TerminationKind.Completed : TerminationKind.Failed);
    }

    private void CallerHangsUp(TerminationKind kind) => Close(LegEnd.PartyHungUp, kind);

    private void Close(LegEnd end, TerminationKind kind)
    {
        _over = true;
        _waiting = null;
        Script.Telephony(_now, new LegEnded(LegRole.Caller, null, end)).Telephony(_now, new CallClosed());
        Script.Ivr(_now + 5, new FlowEnded(FlowOutcome.CallerGone, null));
        FlushWrapUps(long.MaxValue);
        Script.Routing(_now + 50_000, new ContactEnded(new Termination(kind), 1));
    }

    /// <summary>The waiting ends; without an outcome by the caller.</summary>
    private void Leave(QueueOutcome? outcome)
    {
        if (_waiting is { Outcome: not QueueOutcome.Answered } entry)
        {
            entry.WaitMs += _now - _since;
            entry.Outcome = outcome ?? (entry.WaitMs < entry.ShortAbandonMs ? QueueOutcome.ShortAbandoned : QueueOutcome.Abandoned);
        }

        _waiting = null;
    }

    /// <summary>Wrap-ups go on while the call does; Routing tells them in the order of time.</summary>
    private void FlushWrapUps(long until)
    {
        foreach (var (at, leg, id) in _wrapUps.Where(w => w.At <= until).OrderBy(w => w.At).ToList())
        {
            Script.Routing(at, new WrapUpEnded(leg.Agent, null), id);
        }

        _wrapUps.RemoveAll(w => w.At <= until);
    }

    private long Pass(int most)
    {
        var passed = _random.Next(1, most);
        _now += passed;
        return passed;
    }

    private T Any<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    private Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
