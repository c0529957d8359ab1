using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.Comparison;

/// <summary>How a call's waiting ended, as far as it was seen.</summary>
internal enum Waited { Answered, Abandoned, ShortAbandoned }

/// <summary>What a call's record says for certain and what only between two moments. Times in milliseconds, widened by the tolerance.</summary>
internal sealed class CallFacts
{
    /// <summary>From the key to the place in the queue, in tolerances: nothing on the wire shows when in this time it is given.</summary>
    private const int KeyToQueueTolerances = 10;

    private readonly double _toleranceMs;
    private readonly Moments _start, _end, _queuedAt;

    public CallFacts(CallRecord record, IReadOnlyDictionary<Guid, QueueItem> queues, IReadOnlyCollection<Outage> outages, double toleranceMs)
    {
        _toleranceMs = toleranceMs;
        Record = record;
        Touched = outages.Any(o => o.Touches(record.Wire.InvitedAt, record.Wire.EndedAt, record.LostAt));
        EndedAt = record.Wire.EndedAt ?? record.LostAt ?? record.Wire.InvitedAt ?? default;
        var invited = record.Wire.InvitedAt ?? EndedAt;
        _start = Moments.Between(invited, record.Wire.RangAt ?? record.Wire.AnsweredAt ?? EndedAt);
        _end = Moments.Between(EndedAt, record.Wire is { EndedByUs: true, EndTakenAt: { } taken } ? taken : EndedAt);
        Queue = record.Queue is { } id ? queues.GetValueOrDefault(id) : null;
        var known = Queue ?? new QueueItem(Guid.Empty, Guid.Empty, "", 20, 0, 0, null, null);
        Offers = [.. record.Offers.Where(o => o.Wire.InvitedAt is not null).Select(o => OfferFacts.Of(o, record, known, outages, toleranceMs))];
        var key = record.KeyAt ?? EndedAt;
        var shown = Offers.Count > 0 ? Offers[0].Record.Wire.InvitedAt!.Value : EndedAt;
        _queuedAt = Moments.Between(key, shown < key + KeyToQueueMax ? shown : key + KeyToQueueMax).NotAfter(EndedAt);
    }

    public CallRecord Record { get; }

    public IReadOnlyList<OfferFacts> Offers { get; }

    /// <summary>Null when no key was pressed that leads to one.</summary>
    public QueueItem? Queue { get; }

    /// <summary>The system went away in it.</summary>
    public bool Touched { get; }

    public DateTimeOffset EndedAt { get; }

    public bool Answered => Record.Wire.AnsweredAt is not null;

    /// <summary>Who talked with the caller for certain; the last of them.</summary>
    public OfferFacts? Talk => Offers.LastOrDefault(o => o.Talked);

    /// <summary>Who perhaps did.</summary>
    public OfferFacts? MayTalk => Offers.LastOrDefault(o => o.MayHaveTalked);

    /// <summary>Certainly in the queue: a phone rang, or the caller stayed long enough after the key.</summary>
    public bool Queued => Queue is not null && (Offers.Count > 0 || EndedAt - Record.KeyAt!.Value > KeyToQueueMax);

    public Bounds Length => Around(Bounds.Between(_start, _end));

    public Bounds Alerting => Around(Bounds.Between(_start, Answer));

    /// <summary>Until an agent's answer, or the caller's end.</summary>
    public Bounds Wait => Around(Bounds.Between(_queuedAt, Talk?.AnsweredAt ?? (MayTalk is { } may ? Moments.Between(may.AnsweredAt.Earliest, _end.Latest) : _end)));

    /// <summary>Answer to queue, and what follows the agent's leg when the agent hung up.</summary>
    public Bounds Ivr => Queued || Queue is not null
        ? Around(Bounds.Between(Answer, _queuedAt)) + (Talk is { } talk ? Bounds.Between(talk.End, _end) : Bounds.Zero)
        : Around(Bounds.Between(Answer, _end));

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
            if (Record.Closed)
            {
                // Whether a message was taken is not heard; who left at once may not have come to the closed branch.
                return Record.Wire.EndedByUs && EndedAt - (Record.Wire.AnsweredAt ?? EndedAt) < KeyToQueueMax ? ["Closed", "Deflected", "CallerAbandoned"] : ["Closed", "Deflected"];
            }
            IEnumerable<string?> without = !Record.Wire.EndedByUs ? ["Deflected"] : Ends.Select(e => e == Waited.ShortAbandoned ? "ShortAbandon" : "CallerAbandoned");
            return [.. without, .. MayTalk is not null ? ["Completed"] : Array.Empty<string>()];
        }
    }

    /// <summary>How the waiting can have ended.</summary>
    public IReadOnlyCollection<Waited> Ends
    {
        get
        {
            if (Talk is not null)
            {
                return [Waited.Answered];
            }
            var threshold = (Queue?.ShortAbandonSeconds ?? 0) * 1000.0;
            var ends = new List<Waited>();
            if (MayTalk is not null)
            {
                ends.Add(Waited.Answered);
            }
            if (Queue is not null && Wait.Low < threshold)
            {
                ends.Add(Waited.ShortAbandoned);
            }
            if (Queue is null || !Queued || Wait.High >= threshold)
            {
                ends.Add(Waited.Abandoned);
            }
            return ends;
        }
    }

    private TimeSpan KeyToQueueMax => TimeSpan.FromMilliseconds(_toleranceMs * KeyToQueueTolerances);

    private Bounds Around(Bounds bounds) => bounds.Around(_toleranceMs);

    /// <summary>The 200, or the end of a call that had none.</summary>
    private Moments Answer => Record.Wire.AnsweredAt is { } answered ? Moments.At(answered) : _end;
}
