using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.Comparison;

/// <summary>The longest wait of a queue sent a contact to another one. Nothing on the wire shows it: it follows from the entry and the rule.</summary>
/// <param name="At">When it was moved.</param>
/// <param name="IsCertain">It was; otherwise it perhaps was.</param>
internal sealed record QueueMove(QueueItem To, Moments At, bool IsCertain)
{
    /// <param name="rang">Phones that rang for it.</param>
    public static QueueMove? Of(
        QueueItem? queue, IReadOnlyDictionary<Guid, QueueItem> queues, Moments enteredAt, IReadOnlyList<OfferRecord> rang, DateTimeOffset endedAt, TimeSpan tolerance, bool isCalledBack)
    {
        if (isCalledBack || queue?.MaxWait is not { Queue: { } other } rule)
        {
            return null;
        }
        var due = enteredAt.Plus(TimeSpan.FromSeconds(rule.Seconds));
        var left = rang.FirstOrDefault(o => o.Answered)?.Wire.AnsweredAt ?? endedAt;
        // An agent whose phone rings then has the first word: the contact goes when that is over without an answer.
        var ringing = rang.FirstOrDefault(o => o.Wire.InvitedAt <= due.Latest + tolerance && (o.Wire.EndedAt ?? endedAt) >= due.Earliest - tolerance);
        var isAnswering = ringing is { Answered: true } && ringing.Wire.InvitedAt < due.Earliest - tolerance;
        if (isAnswering || left < due.Earliest - tolerance)
        {
            return null;
        }
        var latest = ringing is { Answered: false, Wire.EndedAt: { } stopped } && stopped > due.Latest ? stopped : due.Latest;
        return new QueueMove(queues[other], Moments.Between(due.Earliest, latest), left > latest + tolerance && ringing is not { Answered: true });
    }
}
