using CallCenter.Contracts;
using CallCenter.Hosting;

namespace CallCenter.Telephony.Spool;

/// <summary>Answers a consumer that misses events of this run or of one that it took over.</summary>
internal sealed class ResendHandler(EventSpool events, EarlierRuns earlier, EventPublisher publisher) : ITransientHandler
{
    /// <summary>Events sent for one request; the consumer asks again for the rest.</summary>
    public const int EventsMax = 500;

    /// <inheritdoc/>
    public Task Handle(object message, CancellationToken ct)
    {
        var asked = (ResendEvents)message;
        var spool = earlier.All.Select(run => run.Events).Prepend(events).FirstOrDefault(s => s.Source == asked.Source);
        return spool is null ? Task.CompletedTask
            : publisher.Resend([.. spool.Told(asked.Stream, asked.From, asked.To).Where(e => e.Tenant == asked.Tenant).Take(EventsMax)], ct);
    }
}
