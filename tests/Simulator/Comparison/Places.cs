using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Plans;

namespace CallCenter.Simulator.Comparison;

/// <summary>
/// A queue that has so many places: who was turned away came when they can all have been taken, and who was not came when they
/// cannot. Who had a place when follows from the other calls; callbacks have places too.
/// </summary>
internal static class Places
{
    public static void Compare(QueueItem queue, IReadOnlyCollection<CallFacts> calls, double toleranceMs, Findings findings)
    {
        if (queue.MaxLength is not { } most)
        {
            return;
        }
        var tolerance = TimeSpan.FromMilliseconds(toleranceMs);
        var places = calls.Where(c => !c.Touched).SelectMany(c => c.Stays.Where(s => s.Queue.Id == queue.Id).Select(s => Place.Of(c, s))).ToList();
        foreach (var place in places.Where(p => p is { IsFirst: true, Call: { Queued: true, IsCalledBack: false } }))
        {
            var of = $"call of {place.Call.Record.Caller}, key at {place.Call.Record.KeyAt:HH:mm:ss.fff}";
            var others = places.Where(p => p != place).ToList();
            if (place.Call.IsTurnedAway)
            {
                findings.Number(of, "places taken when it was turned away", new Bounds(0, others.Count(p => p.IsPerhapsTaken(place, tolerance))), most.Contacts);
            }
            else
            {
                findings.Number(of, "places free when it got one", new Bounds(0, Math.Max(0, most.Contacts - others.Count(p => p.IsCertainlyTaken(place, tolerance)))), 1);
            }
        }
    }

    /// <param name="IsFirst">In the queue to which the key led.</param>
    /// <param name="From">When it was given.</param>
    /// <param name="Certain">Until then it certainly was there.</param>
    /// <param name="Latest">And no longer than until then.</param>
    private sealed record Place(CallFacts Call, bool IsCertain, bool IsFirst, Moments From, DateTimeOffset Certain, DateTimeOffset Latest)
    {
        public static Place Of(CallFacts call, StayFacts stay) => new(
            call, stay.IsCertain && !call.IsTurnedAway, stay.Queue == call.Queue && stay.From == call.QueuedAt, stay.From,
            // A callback keeps its place at least until an agent's phone rings.
            call.IsCalledBack && call.Offers.Count > 0 ? call.Offers[0].StartedAt : stay.Until.Earliest,
            // Whom a colleague did not take comes back with its age.
            call.Record.Ask is { Kind: Ask.ToAgent } ? call.EndedAt : stay.Until.Latest);

        /// <summary>When the other one came.</summary>
        public bool IsCertainlyTaken(Place other, TimeSpan tolerance) => IsCertain && From.Latest + tolerance < other.From.Earliest && Certain - tolerance > other.From.Latest;

        /// <summary>As above, from the key of the other one to its end.</summary>
        public bool IsPerhapsTaken(Place other, TimeSpan tolerance) => From.Earliest - tolerance < other.Latest && Latest + tolerance > other.From.Earliest;
    }
}
