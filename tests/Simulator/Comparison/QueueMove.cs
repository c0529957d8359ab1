using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.Comparison;

/// <summary>The longest wait of a queue sent a contact to another one. Nothing on the wire shows it: it follows from the entry and the rule.</summary>
/// <param name="At">When it was moved.</param>
/// <param name="IsCertain">It was; otherwise it perhaps was.</param>
/// <param name="Before">Phones that rang in the first queue, however late.</param>
internal sealed record QueueMove(QueueItem To, Moments At, bool IsCertain, IReadOnlyCollection<OfferRecord> Before)
{
    /// <param name="rang">Phones that rang for it, in their order.</param>
    public static QueueMove? Of(
        QueueItem? queue, IReadOnlyDictionary<Guid, QueueItem> queues, Moments enteredAt, IReadOnlyList<OfferRecord> rang, DateTimeOffset endedAt, TimeSpan tolerance, bool isCalledBack)
    {
        if (isCalledBack || queue?.MaxWait is not { Queue: { } other } rule)
        {
            return null;
        }
        var due = enteredAt.Plus(TimeSpan.FromSeconds(rule.Seconds));
        var left = rang.FirstOrDefault(o => o.Answered)?.Wire.AnsweredAt ?? endedAt;
        // Who rings then has the first word, and who joins meanwhile: the contact goes when the last one is over without an answer.
        var (ringing, before) = Ringing(queue, rang, due, tolerance);
        if (before.Any(o => o.Answered) || left < due.Earliest - tolerance)
        {
            return null;
        }
        var latest = ringing.Where(o => !o.Answered).Max(o => o.Wire.EndedAt) is { } stopped && stopped > due.Latest ? stopped : due.Latest;
        return new QueueMove(queues[other], Moments.Between(due.Earliest, latest), left > latest + tolerance && !ringing.Any(o => o.Answered), before);
    }

    /// <summary>Phones that perhaps rang when the wait was over or joined later, and those of them that certainly rang in the first queue.</summary>
    private static (List<OfferRecord> All, List<OfferRecord> Certain) Ringing(QueueItem queue, IReadOnlyList<OfferRecord> rang, Moments due, TimeSpan tolerance)
    {
        var (all, certain) = (new List<OfferRecord>(), new List<OfferRecord>());
        foreach (var offer in rang)
        {
            var isThen = offer.Wire.InvitedAt <= due.Latest + tolerance && !(offer.Wire.EndedAt < due.Earliest - tolerance);
            if (!isThen && !(queue.RingsAll && all.Any(one => !one.Answered && offer.Wire.InvitedAt <= one.Wire.EndedAt + tolerance)))
            {
                continue;
            }
            all.Add(offer);
            if ((isThen && offer.Wire.InvitedAt < due.Earliest - tolerance) || (queue.RingsAll && certain.Any(offer.RingsWith)))
            {
                certain.Add(offer);
            }
        }
        return (all, certain);
    }
}
