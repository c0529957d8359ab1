using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.Comparison;

/// <summary>What an offer's record says for certain and what only between two moments. Times in milliseconds, widened by the tolerance.</summary>
internal sealed class OfferFacts
{
    /// <summary>From a caller's hang-up to the BYE at the agent's phone, at most; a later one has another cause.</summary>
    private static readonly TimeSpan TakenOver = TimeSpan.FromSeconds(5);

    private readonly double _toleranceMs;
    private readonly Moments _end;
    private readonly Moments _start;
    private readonly IReadOnlyCollection<Outage> _outages;

    private OfferFacts(OfferRecord record, CallRecord call, QueueItem queue, IReadOnlyCollection<Outage> outages, double toleranceMs)
    {
        (_outages, _toleranceMs) = (outages, toleranceMs);
        Record = record;
        Touched = outages.Any(o => o.Touches(record.Wire.InvitedAt, record.Wire.EndedAt, record.LostAt) || o.Touches(call.Wire.InvitedAt, call.Wire.EndedAt, call.LostAt));
        Queue = queue;
        _start = Moments.At(record.Wire.InvitedAt!.Value);
        var end = record.Wire.EndedAt ?? record.LostAt ?? record.Wire.InvitedAt.Value;
        var callEnd = call.Wire.EndedByUs && call.Wire.EndedAt <= end ? call.Wire.EndedAt!.Value : end;
        _end = record.Wire is { EndedByUs: true, EndTakenAt: { } taken } ? Moments.Between(end, taken) : Moments.Between(callEnd > end - TakenOver ? callEnd : end, end);
        var voice = call.VoiceHeardAt is { } heard && heard >= record.Wire.AnsweredAt && heard <= end + TimeSpan.FromSeconds(1) ? heard : (DateTimeOffset?)null;
        var first = new[] { voice, record.VoiceHeardAt }.Where(v => v is not null).Min();
        Talked = record.Answered && first is not null;
        MayHaveTalked = record.Answered;
        AnsweredAt = record.Wire.AnsweredAt is { } answered ? Moments.Between(answered, first ?? end) : _end;
    }

    public OfferRecord Record { get; }

    public QueueItem Queue { get; }

    /// <summary>The system went away in it: its times are not compared.</summary>
    public bool Touched { get; }

    /// <summary>Caller and agent, or one of them, heard the other.</summary>
    public bool Talked { get; }

    /// <summary>The phone said 200; that anybody was heard is not needed.</summary>
    public bool MayHaveTalked { get; }

    /// <summary>When the system joined them: after the phone's 200, before a voice was heard.</summary>
    public Moments AnsweredAt { get; }

    public DateTimeOffset EndedAt => _end.Latest;

    /// <summary>When the leg ended: our BYE sent and taken, or the caller's BYE sent and the system's heard.</summary>
    public Moments End => _end;

    public Bounds Count => Bounds.Count(Talked && !Touched, MayHaveTalked);

    public Bounds Length => Around(Bounds.Between(_start, _end));

    public Bounds Ring => Around(Bounds.Between(_start, AnsweredAt));

    /// <summary>Hold is exact: our own re-INVITEs began and ended it.</summary>
    public Bounds Hold
    {
        get
        {
            var parts = Record.Wire.Reinvited.Chunk(2).Select(pair => Bounds.Between(Moments.At(pair[0]), pair.Length == 2 ? Moments.At(pair[1]) : _end));
            var sum = parts.Aggregate(Bounds.Zero, (total, part) => total + part);
            return Record.Wire.Reinvited.Count == 0 ? sum : Around(sum);
        }
    }

    public Bounds Talk => (Around(Bounds.Between(AnsweredAt, _end)) - (Record.Wire.Reinvited.Count == 0 ? Bounds.Zero : Hold)).NotNegative();

    /// <summary>From the leg's end to the disposition, else to the queue's deadline; one that passed while the system was gone is kept when it is back.</summary>
    public Bounds WrapUp
    {
        get
        {
            var limit = Queue.WrapUpSeconds * 1000.0;
            var bounds = Record is { DisposedFrom: { } from, DisposedTo: { } to }
                ? Bounds.Between(_end, new Moments(from, to)).AtMost(limit)
                : Bounds.Exactly(limit);
            var gone = _outages.Where(o => o.LastHeardAt < _end.Latest.AddMilliseconds(limit) && o.BackAt > _end.Earliest);
            return Around(gone.Aggregate(bounds, (all, o) => all with { High = Math.Max(all.High, (o.BackAt - _end.Earliest).TotalMilliseconds) }));
        }
    }

    public Bounds Handling => Around(Bounds.Between(AnsweredAt, _end)) + WrapUp;

    /// <summary>When the wrap-up was over.</summary>
    public Moments FreeAt => Moments.Between(_end.Earliest.AddMilliseconds(WrapUp.Low), _end.Latest.AddMilliseconds(WrapUp.High));

    /// <summary>How the leg ended, in the system's words.</summary>
    public IReadOnlyCollection<string?> Outcomes
    {
        get
        {
            if (Talked)
            {
                return [Record.Wire.EndedByUs ? "PartyHungUp" : "Ended"];
            }
            if (Record.Wire is { EndedByUs: true, RefusedWith: > 0 })
            {
                return ["Rejected"];
            }
            var rang = Length.Widened(_toleranceMs);
            var timeout = Queue.OfferTimeoutSeconds * 1000.0;
            return rang.High < timeout ? ["CallerGone"] : rang.Low > timeout ? ["NoAnswer"] : ["NoAnswer", "CallerGone"];
        }
    }

    /// <summary>Counts as missed in reports.</summary>
    public Bounds Missed => Touched ? new Bounds(0, 1) : Bounds.Count(Outcomes.All(o => o is "NoAnswer" or "Rejected"), Outcomes.Any(o => o is "NoAnswer" or "Rejected"));

    public static OfferFacts Of(OfferRecord record, CallRecord call, QueueItem queue, IReadOnlyCollection<Outage> outages, double toleranceMs) =>
        new(record, call, queue, outages, toleranceMs);

    private Bounds Around(Bounds bounds) => bounds.Around(_toleranceMs);
}
