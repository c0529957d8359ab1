using CallCenter.Ivr.Flows;
using CallCenter.Ivr.Prompts;
using Microsoft.Extensions.Logging;

namespace CallCenter.Ivr.Announcements;

/// <summary>What is to be said to a caller who chooses something in the queue.</summary>
internal sealed record SpeechOrder(Guid Tenant, Guid Contact, string Language, CallbackTalk Talk);

/// <summary>Has sentences spoken beside the flows: nothing waits for it, and what cannot be spoken the caller does not hear.</summary>
internal sealed class Sayings(SpokenTexts texts, ILogger<Sayings> logger) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Speaks; <paramref name="spoken"/> is called with the clips, or not at all.</summary>
    public void Speak(SpeechOrder order, Func<FlowInput.Spoken, CancellationToken, Task> spoken)
    {
        var stopping = _stop.Token;
        _ = Task.Run(async () =>
        {
            try
            {
                await spoken(new(order.Talk, await texts.Speak(order.Language, OfferText.Of(order.Language, order.Talk))), stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // The flow's row has a deadline.
            }
            catch (Exception e)
            {
                Log.NotSpoken(logger, e, order.Tenant, order.Contact);
            }
        });
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
