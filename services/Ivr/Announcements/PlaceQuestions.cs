using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Ivr.Flows;
using CallCenter.Ivr.Prompts;
using Microsoft.Extensions.Logging;

namespace CallCenter.Ivr.Announcements;

/// <summary>A waiting caller's place as Routing tells it.</summary>
/// <param name="EstimatedWaitMs">The forecast; null when there is none.</param>
/// <param name="Agents">With <paramref name="Ahead"/> what the forecast was made of: told back with the next question, so that a wait never grows without a cause.</param>
/// <param name="Longer">Why it is longer than what was told before.</param>
internal sealed record WaitingPlace(int Position, long? EstimatedWaitMs, int Agents, double Ahead, LongerWait? Longer)
{
    /// <summary>The queue takes callbacks now; null where that was not asked.</summary>
    public bool? Callback { get; init; }
}

/// <summary>Asks for a waiting contact's place.</summary>
/// <param name="Told">What the caller was told last; null for nothing yet.</param>
internal sealed record PlaceQuestion(Guid Tenant, Guid Contact, Guid Queue, string Language, WaitingPlace? Told)
{
    /// <summary>Told with the place.</summary>
    public QueueOffers? Offers { get; init; }
}

/// <summary>
/// Asks Routing for places and has the answers spoken, beside the flows: nothing waits for it. Who cannot be answered hears
/// music, and the next announcement is tried when it is due.
/// </summary>
internal sealed class PlaceQuestions(IHttpClientFactory http, SpokenTexts texts, TimeProvider clock, ILogger<PlaceQuestions> logger) : IDisposable
{
    public const string Routing = "Routing";

    private const int AtOnce = 16;
    private const int MaxWaiting = 2_000;

    /// <summary>The request for the queue is on its way to Routing when the first question is asked.</summary>
    private static readonly int[] AskedAgainAfterMs = [50, 150, 400, 1_000];

    private readonly SemaphoreSlim _turns = new(AtOnce);
    private readonly CancellationTokenSource _stop = new();
    private int _waiting;

    /// <summary>Asks; <paramref name="answered"/> is called with the answer and its audio, or not at all.</summary>
    public void Ask(PlaceQuestion question, Func<FlowInput.PlaceKnown, CancellationToken, Task> answered)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            Log.PlaceNotAsked(logger, question.Tenant, question.Contact);
            return;
        }

        _ = Task.Run(() => InTurn(question, answered, _stop.Token));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _turns.Dispose();
    }

    private async Task InTurn(PlaceQuestion question, Func<FlowInput.PlaceKnown, CancellationToken, Task> answered, CancellationToken ct)
    {
        try
        {
            if (await Answer(question, ct) is { } answer)
            {
                await answered(answer, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The flow's row has the time of the next announcement.
        }
        catch (Exception e)
        {
            Log.PlaceUnknown(logger, e, question.Tenant, question.Contact);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<FlowInput.PlaceKnown?> Answer(PlaceQuestion question, CancellationToken ct)
    {
        var place = await Find(question, ct);
        foreach (var pause in AskedAgainAfterMs)
        {
            if (place is not null)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(pause), clock, ct);
            place = await Find(question, ct);
        }

        return place is null
            ? null
            : new(place, await texts.Speak(question.Language, Sentences(question, place)));
    }

    private static IEnumerable<string> Sentences(PlaceQuestion question, WaitingPlace place) =>
    [
        .. WaitText.Sentences(question.Language, place.Position, place.EstimatedWaitMs),
        .. question.Offers is { } offers ? OfferText.Choices(question.Language, offers, place.Callback is true) : [],
    ];

    /// <summary>Null while the contact has no place there: not yet, or no more.</summary>
    private async Task<WaitingPlace?> Find(PlaceQuestion question, CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        try
        {
            using var client = http.CreateClient(Routing);
            using var response = await client.GetAsync(new Uri(Path(question), UriKind.Relative), ct);
            return response.StatusCode == HttpStatusCode.NotFound
                ? null
                : await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<WaitingPlace>(EventCatalog.Json, ct);
        }
        finally
        {
            _turns.Release();
        }
    }

    private static string Path(PlaceQuestion question)
    {
        var path = $"/api/queues/{question.Queue}/place?contact={question.Contact}{(question.Offers?.Callback is null ? "" : "&withCallback=true")}";
        return question.Told is { EstimatedWaitMs: { } ms } told
            ? string.Create(CultureInfo.InvariantCulture, $"{path}&toldMs={ms}&toldAgents={told.Agents}&toldAhead={told.Ahead:R}")
            : path;
    }
}
