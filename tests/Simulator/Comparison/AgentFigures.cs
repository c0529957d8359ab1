using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.Comparison;

/// <summary>An agent's metrics recomputed from the tally: the phone's calls and the agent's own API calls.</summary>
internal static class AgentFigures
{
    /// <summary>From the reservation of the agent to the phone's INVITE; nothing on the wire shows it.</summary>
    private const double ReservedMaxMs = 2_000;

    /// <summary>What an outage does to them is not seen: the phone may have counted as away for a while.</summary>
    private static readonly string[] Unseen = ["ring_time", "away_time", "unreachable_time", "idle_time", "occupancy"];

    public static IReadOnlyDictionary<string, Bounds?> Of(AgentRecord agent, IReadOnlyList<OfferFacts> offers, int outages, double toleranceMs)
    {
        var talked = offers.Where(o => o.MayHaveTalked).ToList();
        var handled = Sum(talked, o => o.Count);
        var talk = Sum(talked, o => Certain(o, o.Talk));
        var hold = Sum(talked, o => Certain(o, o.Hold));
        var wrapUp = Sum(talked, o => Certain(o, o.WrapUp));
        var handling = Sum(talked, o => Certain(o, o.Handling));
        var ring = Sum(offers, o => new Bounds(o.Touched ? 0 : o.Ring.Low, o.Ring.High + ReservedMaxMs));
        var away = Away(agent, offers, toleranceMs);
        var loggedIn = Bounds.Between(MomentsOf(agent.Choices[0]), MomentsOf(agent.Choices[^1])).Around(toleranceMs);
        // The system hears of the phone a little later than the phone registers.
        var unreachable = Bounds.Between(MomentsOf(agent.Choices[0]), Moments.At(agent.ReadyAt)).OrNothing();
        var idle = (loggedIn - handling - ring - away - unreachable).NotNegative();
        var held = Sum(talked, o => o.Record.Wire.Reinvited.Count > 0 ? o.Count : Bounds.Zero);
        var figures = new Dictionary<string, Bounds?>
        {
            ["handled"] = handled,
            ["missed_offers"] = Sum(offers, o => o.MayHaveTalked ? Bounds.Zero : o.Missed),
            ["talk_time"] = talk,
            ["hold_time"] = hold,
            ["consult_time"] = Sum(talked, o => Certain(o, o.Consult)),
            ["wrap_up_time"] = wrapUp,
            ["handling_time"] = handling,
            ["aht"] = handling.Per(handled),
            ["ring_time"] = ring,
            ["away_time"] = away,
            ["unreachable_time"] = unreachable,
            ["logged_in_time"] = loggedIn,
            ["idle_time"] = idle,
            ["occupancy"] = handling.Per(handling + idle)?.AtMost(1),
            ["utilisation"] = handling.Per(loggedIn)?.AtMost(1),
            ["hold_rate"] = held.Per(handled)?.AtMost(1),
        };
        foreach (var unseen in outages > 0 ? Unseen : [])
        {
            figures.Remove(unseen);
        }
        return figures;
    }

    private static Bounds Sum(IEnumerable<OfferFacts> offers, Func<OfferFacts, Bounds> of) => offers.Aggregate(Bounds.Zero, (sum, o) => sum + of(o));

    private static Bounds Certain(OfferFacts offer, Bounds figure) => offer.Talked && !offer.Touched ? figure : figure.OrNothing();

    /// <summary>From the end of the work before each return to Available (a break takes effect then) to that return.</summary>
    private static Bounds Away(AgentRecord agent, IReadOnlyList<OfferFacts> offers, double toleranceMs)
    {
        var sum = Bounds.Zero;
        foreach (var back in agent.Choices.Skip(1).Where(c => c.Status == "Available"))
        {
            var last = offers.LastOrDefault(o => o.EndedAt <= back.SentAt);
            var began = last is null ? MomentsOf(back) : last.Talked ? last.FreeAt : Moments.At(last.EndedAt);
            sum += Bounds.Between(began.NotAfter(back.ConfirmedAt), MomentsOf(back)).Around(toleranceMs);
        }
        return sum;
    }

    private static Moments MomentsOf(StatusChoice choice) => new(choice.SentAt, choice.ConfirmedAt);
}
