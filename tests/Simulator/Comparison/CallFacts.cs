using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Plans;
using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.Comparison;

/// <summary>What a call's record says for certain and what only between two moments. Times in milliseconds, widened by the tolerance.</summary>
internal sealed class CallFacts
{
    /// <summary>From the key to the place in the queue, in tolerances: nothing on the wire shows when in this time it is given.</summary>
    private const int KeyToQueueTolerances = 10;

    private readonly double _toleranceMs;
    private readonly Moments _start, _end;
    private readonly Course _course = new();
    private readonly IReadOnlyDictionary<Guid, QueueItem> _queues;

    public CallFacts(CallRecord record, IReadOnlyDictionary<Guid, QueueItem> queues, IReadOnlyCollection<Outage> outages, double toleranceMs)
    {
        (_queues, _toleranceMs) = (queues, toleranceMs);
        Record = record;
        Touched = outages.Any(o => o.Touches(record.Wire.InvitedAt, record.Wire.EndedAt, record.LostAt));
        EndedAt = record.Wire.EndedAt ?? record.LostAt ?? record.Wire.InvitedAt ?? default;
        _start = Began(record);
        _end = Moments.Between(EndedAt, record.Wire is { EndedByUs: true, EndTakenAt: { } taken } ? taken : EndedAt);
        Queue = record.Queue is { } id ? queues.GetValueOrDefault(id) : null;
        var rang = record.Offers.Where(o => o.Wire.InvitedAt is not null).OrderBy(o => o.Wire.InvitedAt).ToList();
        QueuedAt = EntersQueue(rang.Count > 0 ? rang[0].Wire.InvitedAt!.Value : EndedAt);
        Move = QueueMove.Of(Queue, queues, QueuedAt, rang, EndedAt, TimeSpan.FromMilliseconds(toleranceMs), IsCalledBack);
        var offers = new List<OfferFacts>();
        foreach (var offer in rang)
        {
            offers.Add(OfferFacts.Of(offer, record, QueueOf(offer, offers), outages, toleranceMs));
        }
        Offers = offers;
        Play();
    }

    public CallRecord Record { get; }

    public IReadOnlyList<OfferFacts> Offers { get; }

    /// <summary>The first queue; null when no key was pressed that leads to one.</summary>
    public QueueItem? Queue { get; }

    /// <summary>The other queue to which the first one's longest wait sent it, for certain or perhaps.</summary>
    public QueueMove? Move { get; }

    /// <summary>When it came to its first queue.</summary>
    public Moments QueuedAt { get; }

    /// <summary>The system went away in it.</summary>
    public bool Touched { get; }

    public DateTimeOffset EndedAt { get; }

    /// <summary>The system made the call.</summary>
    public bool IsCalledBack => Record.After is not null;

    /// <summary>The caller ended the call; one who is called back and does not take it has none to end.</summary>
    public bool HungUp => Record.Wire.EndedByUs && (Answered || !IsCalledBack);

    /// <summary>The system was about to end it too, because the agent had just hung up or the queue was full.</summary>
    public bool HungUpToo => FirstEnds.Contains(Waited.TurnedAway)
        || (Talk is { Record.Wire: { EndedByUs: true, EndedAt: { } gone } } && gone <= EndedAt && EndedAt <= gone.AddMilliseconds(_toleranceMs));

    public bool Answered => Record.Wire.AnsweredAt is not null;

    /// <summary>Who talked with the caller for certain; the last of them.</summary>
    public OfferFacts? Talk => Offers.LastOrDefault(o => o is { Talked: true, HasCallerFrom: not null });

    /// <summary>Who perhaps did.</summary>
    public OfferFacts? MayTalk => Offers.LastOrDefault(o => o is { MayHaveTalked: true, HasCallerFrom: not null });

    /// <summary>A phone said 200 and nobody was heard.</summary>
    public bool IsUnclear => Offers.Any(o => o is { MayHaveTalked: true, Talked: false });

    /// <summary>Certainly in the queue: a phone rang, or the caller stayed long enough after the key.</summary>
    public bool Queued => IsCalledBack || IsTurnedAway || (Queue is not null && (Offers.Count > 0 || EndedAt - Record.KeyAt!.Value > KeyToQueueMax));

    /// <summary>The queue was full: nothing else ends a call so soon after the key.</summary>
    public bool IsTurnedAway => Record.IsTurnedAway && Queue is { MaxLength: not null } && EndedAt - Record.KeyAt!.Value <= KeyToQueueMax;

    public Bounds Length => Around(Bounds.Between(_start, _end));

    /// <summary>The caller asked to be called back, and the system said good-bye: when it took the wish.</summary>
    public Moments? AskedBackAt => MayTalk is null && Record is { AskedBackFrom: { } from, Wire: { EndedByUs: false, EndedAt: { } end } } ? Moments.Between(from, end) : null;

    /// <summary>The queue in which the contact was put last.</summary>
    public IReadOnlyCollection<string?> LastQueues =>
        Queue is null ? [null]
        : HandedOn is { Record.Asks.Queue: { } other } ? [$"{other}"]
        : Move is { } move ? move.IsCertain ? [$"{move.To.Id}"] : [$"{Queue.Id}", $"{move.To.Id}"]
        : Queued ? [$"{Queue.Id}"] : [$"{Queue.Id}", null];

    public Bounds Of(Phase phase) => _course.Of(phase, _end, _toleranceMs);

    /// <summary>Each of its queues.</summary>
    public IReadOnlyList<StayFacts> Stays => Queue is null ? [] : [.. StaysIn(Queue)];

    /// <summary>Whether the queue brought the conversation: certainly, perhaps, or not at all.</summary>
    public Bounds Brought(OfferFacts offer, QueueItem queue) =>
        offer.Queue.Id == queue.Id ? Move is { IsCertain: false } && offer.Queue != Queue ? offer.Count.OrNothing() : offer.Count
        : Move is { IsCertain: false } move && offer.Queue == move.To && queue == Queue ? offer.Count.OrNothing()
        : Bounds.Zero;

    /// <summary>The one termination; several where the wire cannot tell.</summary>
    public IReadOnlyCollection<string?> Terminations
    {
        get
        {
            if (Touched)
            {
                return Talk is not null ? ["Completed"] : ["Failed(gateway, ours)", "CallerAbandoned", "ShortAbandon", "Completed", "Deflected", "Closed"];
            }
            if (Talk is not null)
            {
                return ["Completed"];
            }
            if (IsCalledBack && !Answered)
            {
                return [Record.Wire.RefusedWith == 486 ? "Busy" : "NoAnswer"];
            }
            if (Record.Closed)
            {
                // Whether a message was taken is not heard; who left at once may not have come to the closed branch.
                return Record.Wire.EndedByUs && EndedAt - (Record.Wire.AnsweredAt ?? EndedAt) < KeyToQueueMax ? ["Closed", "Deflected", "CallerAbandoned"] : ["Closed", "Deflected"];
            }
            IEnumerable<string?> without = IsTurnedAway ? ["QueueFull"] : !Record.Wire.EndedByUs ? ["Deflected"]
                : FirstEnds.Select(e => e switch { Waited.ShortAbandoned => "ShortAbandon", Waited.TurnedAway => "QueueFull", _ => "CallerAbandoned" });
            return [.. without, .. MayTalk is not null ? ["Completed"] : Array.Empty<string>()];
        }
    }

    /// <summary>When the contact began; a callback's follows the caller's wish, or the try before.</summary>
    public static Moments Began(CallRecord record)
    {
        if (record.After is { } before)
        {
            var ended = before.Wire.EndedAt ?? default;
            return before is { After: null, AskedBackFrom: { } from } ? Moments.Between(from, ended) : Moments.At(ended);
        }
        var invited = record.Wire.InvitedAt ?? record.Wire.EndedAt ?? default;
        return Moments.Between(invited, record.Wire.RangAt ?? record.Wire.AnsweredAt ?? record.Wire.EndedAt ?? invited);
    }

    private OfferFacts? HandedOn => Offers.FirstOrDefault(o => o.HandsOn);

    private TimeSpan KeyToQueueMax => TimeSpan.FromMilliseconds(_toleranceMs * KeyToQueueTolerances);

    /// <summary>Until an agent's first answer, the wish to be called back, or the end.</summary>
    private Moments Left => AskedBackAt ?? (Offers.FirstOrDefault(o => o.Talked) is { } first ? first.AnsweredAt
        : MayTalk is { } may ? Moments.Between(may.AnsweredAt.Earliest, _end.Latest) : _end);

    /// <summary>How the waiting in the first queue can have ended, should the contact have stayed there.</summary>
    private IReadOnlyCollection<Waited> FirstEnds => IsTurnedAway ? [Waited.TurnedAway]
        : Offers.Any(o => o.Talked) ? [Waited.Answered]
        : AskedBackAt is not null || (IsCalledBack && !Answered) ? [Waited.FlowOut]
        : Unanswered(Queue, Around(Bounds.Between(QueuedAt, Left)), isCertain: Queued && MayTalk is null);

    /// <summary>The 200, or the end of a call that had none.</summary>
    // The gateway may have told the answer and died before its 200 came here.
    private Moments Answer => Record.Wire.AnsweredAt is { } answered ? Moments.At(answered) : Touched ? Moments.Between(_start.Earliest, _end.Latest) : _end;

    private List<Waited> Unanswered(QueueItem? queue, Bounds wait, bool isCertain)
    {
        var threshold = (queue?.ShortAbandonSeconds ?? 0) * 1000.0;
        var ends = new List<Waited>();
        if (MayTalk is { Talked: false })
        {
            ends.Add(Waited.Answered);
        }
        if (queue is not null && wait.Low < threshold)
        {
            ends.Add(Waited.ShortAbandoned);
        }
        if (queue is null || !isCertain || wait.High >= threshold)
        {
            ends.Add(Waited.Abandoned);
        }
        if (queue?.MaxLength is not null && !Queued)
        {
            ends.Add(Waited.TurnedAway); // hung up at the same moment
        }
        return ends;
    }

    private IEnumerable<StayFacts> StaysIn(QueueItem first)
    {
        if (Move is not { } move)
        {
            yield return Stay(first, Queued, FirstEnds, QueuedAt, Left);
        }
        else
        {
            var ends = FirstEnds.Contains(Waited.Answered) || AskedBackAt is not null ? FirstEnds : Unanswered(move.To, Around(Bounds.Between(move.At, Left)), isCertain: move.IsCertain);
            yield return move.IsCertain
                ? Stay(first, true, [Waited.FlowOut], QueuedAt, move.At)
                : Stay(first, true, [.. FirstEnds.Append(Waited.FlowOut).Distinct()], QueuedAt, Moments.Between(move.At.Earliest, Left.Latest));
            yield return Stay(move.To, move.IsCertain, ends, move.At, Left);
        }
        if (HandedOn is { Record.Asks.Queue: { } other } from)
        {
            var next = Offers.FirstOrDefault(o => o.Talked && o.StartedAt > from.End.Earliest);
            var until = next?.AnsweredAt ?? _end;
            yield return Stay(_queues[other], true, next is not null ? [Waited.Answered] : Unanswered(_queues[other], Around(Bounds.Between(from.End, until)), isCertain: true), from.End, until);
        }
    }

    private StayFacts Stay(QueueItem queue, bool isCertain, IReadOnlyCollection<Waited> ends, Moments from, Moments until) =>
        new(queue, isCertain, ends, Around(Bounds.Between(from, until)), from, until, Touched);

    private Moments EntersQueue(DateTimeOffset shown)
    {
        if (Record.After is { } before)
        {
            return before.After is null ? _start : _start.Plus(Rules.Pause);
        }
        var key = Record.KeyAt ?? EndedAt;
        return Moments.Between(key, shown < key + KeyToQueueMax ? shown : key + KeyToQueueMax).NotAfter(EndedAt);
    }

    /// <summary>Who is asked has the queue of who asks.</summary>
    private QueueItem QueueOf(OfferRecord offer, List<OfferFacts> before) =>
        offer.AskedIn is { } ask && before.Find(o => o.Record.Asks == ask) is { } asker ? asker.Queue
        : before.Find(o => o.HandsOn) is { Record.Asks.Queue: { } handedTo } ? _queues[handedTo]
        : Move is { } move && offer.Wire.InvitedAt >= move.At.Earliest && !move.Before.Contains(offer) ? move.To
        : Queue ?? new QueueItem(Guid.Empty, Guid.Empty, "", 20, 0, 0, null, null);

    private void Play()
    {
        _course.Enter(Phase.Alerting, _start);
        if (Answered || IsCalledBack)
        {
            _course.Enter(IsCalledBack ? Phase.Queue : Phase.Ivr, Answer);
        }
        if (Queue is not null && !IsCalledBack)
        {
            _course.Enter(Phase.Queue, QueuedAt);
        }
        if (AskedBackAt is { } asked)
        {
            _course.Enter(Phase.Ivr, asked);
        }
        foreach (var offer in Offers.Where(o => o.Talked))
        {
            Play(offer);
        }
    }

    private void Play(OfferFacts offer)
    {
        if (offer.IsConsulted)
        {
            PlayAsked(offer);
            return;
        }
        _course.Enter(Phase.Talk, offer.AnsweredAt);
        PlayHolds(offer);
        if (offer.Apart is { } apart)
        {
            _course.Enter(Phase.Hold, apart.From);
            _course.Enter(Phase.Talk, apart.To);
        }
        if (offer.Record.Asks is { HandsOn: true, Kind: not (Ask.ToQueue or Ask.ToAgent) })
        {
            return; // the colleague has the caller
        }
        _course.Enter(offer.Record.Asks is { IsTaken: true, Kind: Ask.ToQueue } ? Phase.Queue : Phase.Ivr, offer.End);
        // A colleague who does not take who is handed on leaves the caller to the queue.
        if (offer.Record.Asks is { IsTaken: true, Kind: Ask.ToAgent, Answer: { VoiceHeardAt: null } refused })
        {
            _course.Enter(Phase.Queue, Moments.At(refused.Wire.EndedAt ?? EndedAt));
        }
    }

    /// <summary>Who was asked and has the caller now; when that one leaves nobody has.</summary>
    private void PlayAsked(OfferFacts offer)
    {
        if (offer.HasCallerFrom is { } joined)
        {
            _course.Enter(Phase.Talk, joined);
            PlayHolds(offer);
            _course.Enter(Phase.Ivr, offer.End);
        }
    }

    private void PlayHolds(OfferFacts offer)
    {
        foreach (var (from, to) in offer.Holds)
        {
            _course.Enter(Phase.Hold, from);
            _course.Enter(Phase.Talk, to);
        }
    }

    private Bounds Around(Bounds bounds) => bounds.Around(_toleranceMs);
}
