using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Plans;
using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.Comparison;

/// <summary>What an offer's record says for certain and what only between two moments. Times in milliseconds, widened by the tolerance.</summary>
internal sealed class OfferFacts
{
    /// <summary>From a caller's hang-up to the BYE at the agent's phone, at most; a later one has another cause.</summary>
    private static readonly TimeSpan TakenOver = TimeSpan.FromSeconds(5);

    private const string Elsewhere = "AnsweredElsewhere";

    private readonly double _toleranceMs;
    private readonly Moments _end;
    private readonly Moments _start;
    private readonly IReadOnlyCollection<Outage> _outages;
    private readonly Course _course = new();

    /// <summary>When another phone that rang too was answered; null when none was.</summary>
    private readonly DateTimeOffset? _elsewhereAt;

    /// <summary>The agent there has the caller, for certain.</summary>
    private readonly bool _isElsewhere;
    private readonly OfferRecord? _before;

    private OfferFacts(OfferRecord record, CallRecord call, QueueItem queue, IReadOnlyCollection<Outage> outages, double toleranceMs)
    {
        (_outages, _toleranceMs) = (outages, toleranceMs);
        Record = record;
        Touched = outages.Any(o => o.Touches(record.Wire.InvitedAt, record.Wire.EndedAt, record.LostAt) || o.Touches(call.Wire.InvitedAt, call.Wire.EndedAt, call.LostAt));
        Queue = queue;
        _start = Moments.At(record.Wire.InvitedAt!.Value);
        var end = record.Wire.EndedAt ?? record.LostAt ?? record.Wire.InvitedAt.Value;
        var callEnd = call.Wire.EndedByUs && call.Wire.EndedAt <= end ? call.Wire.EndedAt!.Value : end;
        var others = queue.RingsAll && record.VoiceHeardAt is null ? call.Offers.Where(o => o.Answered && o.IsBeside(record) && o.Wire.AnsweredAt <= end).ToList() : [];
        _elsewhereAt = others.Min(o => o.Wire.AnsweredAt);
        _isElsewhere = others.Any(o => o.VoiceHeardAt is not null);
        _before = call.Offers.FirstOrDefault(o => o.IsBeside(record) && o.Wire.AnsweredAt < record.Wire.AnsweredAt - TimeSpan.FromMilliseconds(toleranceMs));
        var takenBack = _elsewhereAt < callEnd ? _elsewhereAt.Value : callEnd;
        _end = record.Wire is { EndedByUs: true, EndTakenAt: { } taken } ? Moments.Between(end, taken) : Moments.Between(takenBack > end - TakenOver ? takenBack : end, end);
        // Whose voice the caller heard is not known when two answered and neither heard the caller.
        var voice = IsConsulted || others.Count > 0 ? null : call.Voices.Where(heard => heard >= record.Wire.AnsweredAt && heard <= end + TimeSpan.FromSeconds(1)).Select(heard => (DateTimeOffset?)heard).FirstOrDefault();
        var first = new[] { voice, record.VoiceHeardAt }.Where(v => v is not null).Min();
        Talked = record.Answered && first is not null && !_isElsewhere;
        // Who is called back is dialled once the agent has answered: without an answer of the customer's nobody talks.
        MayHaveTalked = record.Answered && !_isElsewhere && (call.After is null || call.Wire.AnsweredAt is not null);
        var from = call.After is null || IsConsulted ? record.Wire.AnsweredAt : Latest(record.Wire.AnsweredAt, call.Wire.AnsweredAt);
        AnsweredAt = MayHaveTalked && from is { } answered ? Moments.Between(answered, first ?? end) : _end;
        HasCallerFrom = !IsConsulted ? AnsweredAt
            : record.AskedIn!.JoinHeardAt is { } heardCaller ? Moments.Between(record.AskedIn.EndedFrom!.Value, heardCaller) : null;
        Play();
    }

    public OfferRecord Record { get; }

    public QueueItem Queue { get; }

    /// <summary>The system went away in it: its times are not compared.</summary>
    public bool Touched { get; }

    /// <summary>Agent and the other side, or one of them, heard the other.</summary>
    public bool Talked { get; }

    /// <summary>The phone said 200; that anybody was heard is not needed.</summary>
    public bool MayHaveTalked { get; }

    /// <summary>A colleague asked this agent before the caller was there.</summary>
    public bool IsConsulted => Record.AskedIn is { Kind: not Ask.ToAgent };

    /// <summary>The queue brought it, nobody else.</summary>
    public bool IsOfQueue => Record.AskedIn is null;

    /// <summary>The agent handed the caller on.</summary>
    public bool HandsOn => Talked && Record.Asks is { HandsOn: true };

    /// <summary>When the system joined them: after the phone's 200, before a voice was heard.</summary>
    public Moments AnsweredAt { get; }

    /// <summary>When it first had the caller; null for who was only asked.</summary>
    public Moments? HasCallerFrom { get; }

    /// <summary>When it spoke apart from the caller, with whom it had asked; until when; null when it did not.</summary>
    public (Moments From, Moments To)? Apart => Record.Asks is { ConsultHeardAt: { } heard, Answer: { } other } ask && other.Wire.AnsweredAt is { } answered
        ? (Moments.Between(answered, heard), ask switch
        {
            { Kind: Ask.Consult, EndedFrom: { } back } => Moments.Between(back, other.Wire.EndedAt ?? back),
            { Kind: Ask.Conference, EndedFrom: { } all, JoinHeardAt: { } joined } => Moments.Between(all, joined),
            _ => _end,
        })
        : null;

    public DateTimeOffset StartedAt => _start.Earliest;

    public DateTimeOffset EndedAt => _end.Latest;

    /// <summary>When the leg ended: our BYE sent and taken, or the caller's BYE sent and the system's heard.</summary>
    public Moments End => _end;

    public Bounds Count => Bounds.Count(Talked && !Touched, MayHaveTalked);

    public Bounds Length => Around(Bounds.Between(_start, _end));

    public Bounds Ring => Of(Phase.Ring);

    public Bounds Hold => Of(Phase.Hold);

    public Bounds Consult => Of(Phase.Consult);

    public Bounds Talk => Of(Phase.Talk);

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
                return [HandsOn ? "Transferred" : Record.Wire.EndedByUs ? "PartyHungUp" : "Ended"];
            }
            if (Record.Wire is { EndedByUs: true, RefusedWith: > 0 })
            {
                return _elsewhereAt is null ? ["Rejected"] : ["Rejected", Elsewhere]; // the refusal crossed the end of the offer
            }
            if (Record.Answered && !_isElsewhere)
            {
                return ["CallerGone"]; // the customer who is called back did not answer
            }
            string?[] gone = _isElsewhere ? [Elsewhere] : _elsewhereAt is null ? ["CallerGone"] : ["CallerGone", Elsewhere];
            var rang = Length.Widened(_toleranceMs);
            var timeout = Queue.OfferTimeoutSeconds * 1000.0;
            return Record.Answered || rang.High < timeout ? gone : rang.Low > timeout ? ["NoAnswer"] : ["NoAnswer", .. gone];
        }
    }

    /// <summary>Whose phone was answered first, of all that rang for the caller; of two that were answered within the tolerance either is.</summary>
    public string AnsweredFirst => _before?.User ?? Record.User;

    /// <summary>Counts as missed in reports.</summary>
    public Bounds Missed => Touched ? new Bounds(0, 1) : Bounds.Count(Outcomes.All(o => o is "NoAnswer" or "Rejected"), Outcomes.Any(o => o is "NoAnswer" or "Rejected"));

    /// <summary>Hold is exact: our own re-INVITEs began and ended it.</summary>
    public IEnumerable<(Moments From, Moments To)> Holds =>
        Record.Wire.Reinvited.Chunk(2).Select(pair => (Moments.At(pair[0]), pair.Length == 2 ? Moments.At(pair[1]) : _end));

    public static OfferFacts Of(OfferRecord record, CallRecord call, QueueItem queue, IReadOnlyCollection<Outage> outages, double toleranceMs) =>
        new(record, call, queue, outages, toleranceMs);

    private void Play()
    {
        _course.Enter(Phase.Ring, _start);
        if (!MayHaveTalked)
        {
            return;
        }
        _course.Enter(IsConsulted ? Phase.Consult : Phase.Talk, AnsweredAt);
        if (HasCallerFrom is { } joined)
        {
            _course.Enter(Phase.Talk, joined);
        }
        foreach (var (from, to) in Holds)
        {
            _course.Enter(Phase.Hold, from);
            _course.Enter(Phase.Talk, to);
        }
        if (Apart is { } apart)
        {
            _course.Enter(Phase.Consult, apart.From);
            _course.Enter(Phase.Talk, apart.To);
        }
    }

    private Bounds Of(Phase phase) => _course.Of(phase, _end, _toleranceMs);

    private Bounds Around(Bounds bounds) => bounds.Around(_toleranceMs);

    private static DateTimeOffset? Latest(DateTimeOffset? a, DateTimeOffset? b) => a is null || b is null ? null : a > b ? a : b;
}
