namespace CallCenter.Routing.Callbacks;

/// <summary>A queue's callback, as the API has it; without it the queue offers none.</summary>
/// <param name="Tries">How often the customer is dialled at most, 1 to 10.</param>
/// <param name="PauseSeconds">From a try that nobody answered to the next, 30 to 86,400.</param>
/// <param name="RingSeconds">How long the customer's phone rings, 10 to 120; an agent waits meanwhile.</param>
/// <param name="WithinSeconds">After this a callback that was not made is given up, 300 to 604,800.</param>
/// <param name="PendingMax">Callbacks of the queue that may be pending at once, 1 to 1,000.</param>
/// <param name="From">Customers are called from this minute of the tenant's day on, "00:00" to "23:59" …</param>
/// <param name="To">… until that one, "00:01" to "24:00".</param>
internal sealed record CallbackSettings(
    int Tries = 3, int PauseSeconds = 300, int RingSeconds = 30, int WithinSeconds = 14_400, int PendingMax = 100, string From = "00:00", string To = "24:00")
{
    public static CallbackSettings? Of(CallbackOffer? offer) => offer is null ? null : new(
        offer.Tries, offer.PauseMs / 1000, offer.RingMs / 1000, offer.WithinMs / 1000, offer.PendingMax, CallbackHours.Text(offer.FromMinute), CallbackHours.Text(offer.ToMinute));

    public IEnumerable<string> Errors()
    {
        foreach (var (name, value, least, most) in new[]
        {
            ("tries", Tries, 1, 10), ("pauseSeconds", PauseSeconds, 30, 86_400), ("ringSeconds", RingSeconds, 10, 120),
            ("withinSeconds", WithinSeconds, 300, 604_800), ("pendingMax", PendingMax, 1, 1_000),
        })
        {
            if (value < least || value > most)
            {
                yield return $"callback.{name} is {value}: {least} to {most}.";
            }
        }

        if (CallbackHours.Minute(From) is not { } from || CallbackHours.Minute(To) is not { } to || from >= to)
        {
            yield return $"callback: from '{From}' to '{To}': two times of a day such as \"08:00\" and \"20:00\", the later one second.";
        }
    }

    /// <summary>Settings without errors, as they are stored.</summary>
    public CallbackOffer Read() => new()
    {
        Tries = Tries, PauseMs = PauseSeconds * 1000, RingMs = RingSeconds * 1000, WithinMs = WithinSeconds * 1000, PendingMax = PendingMax,
        FromMinute = CallbackHours.Minute(From)!.Value, ToMinute = CallbackHours.Minute(To)!.Value,
    };
}
