using System.Buffers;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using CallCenter.Contracts.Telephony;
using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;

namespace CallCenter.Telephony.Cards;

/// <summary>Whose payment it is, as the payment service is told.</summary>
internal sealed record Payment(Guid Tenant, Guid Contact, Guid Agent, CollectCard Order);

/// <summary>What became of it.</summary>
internal sealed record PaymentAnswer(CardOutcome Outcome, string? Reference);

/// <summary>
/// Posts a card's digits to the tenant's payment service: JSON {collection, tenant, contact, agent, reference, number, expiry, securityCode}, the digits as they were
/// typed, "Authorization: Bearer secret". It answers 200 {accepted, reference}. Asked once: a repetition could charge twice.
/// </summary>
internal sealed class PaymentClient(IHttpClientFactory clients, TenantKeys keys, TimeProvider clock, ILogger<PaymentClient> logger)
{
    /// <summary>The name of its HTTP client: no redirects, no cookies, no log.</summary>
    public const string Client = "payment";

    private const int AnswerBytesMax = 4096, DigitsInARowMax = 11;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(20);

    /// <summary>Asks the service. What is sent is made before the first wait: the digits may be wiped when this returns.</summary>
    public Task<PaymentAnswer> Pay(PaymentService service, Payment payment, CardDigits digits) => Send(service, payment, Body(payment, digits));

    /// <summary>True when somebody could have typed a card's number there.</summary>
    public static bool MayHoldANumber(string text)
    {
        var row = 0;
        foreach (var letter in text)
        {
            row = char.IsAsciiDigit(letter) ? row + 1 : letter is ' ' or '-' ? row : 0;
            if (row > DigitsInARowMax)
            {
                return true;
            }
        }
        return false;
    }

    private static byte[] Body(Payment payment, CardDigits digits)
    {
        // Room enough that it never grows: a copy left behind would not be wiped.
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("collection", payment.Order.Collection);
            json.WriteString("tenant", payment.Tenant);
            json.WriteString("contact", payment.Contact);
            json.WriteString("agent", payment.Agent);
            json.WriteString("reference", payment.Order.Reference);
            foreach (var field in payment.Order.Fields)
            {
                json.WriteString(JsonNamingPolicy.CamelCase.ConvertName(field.ToString()), digits.Of(field));
            }
            json.WriteEndObject();
        }
        var body = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return body;
    }

    private async Task<PaymentAnswer> Send(PaymentService service, Payment payment, byte[] body)
    {
        using var deadline = new CancellationTokenSource(AnswerTime, clock);
        try
        {
            using var client = clients.CreateClient(Client);
            client.MaxResponseContentBufferSize = AnswerBytesMax;
            using var request = new HttpRequestMessage(HttpMethod.Post, service.Url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys.Open(service.SealedSecret));
            using var response = await client.SendAsync(request, deadline.Token);
            if (!response.IsSuccessStatusCode)
            {
                return Failed(payment, $"it answered {(int)response.StatusCode}");
            }
            return Read(await response.Content.ReadAsByteArrayAsync(deadline.Token));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or CryptographicException or InvalidOperationException)
        {
            return Failed(payment, e is JsonException ? "its answer is not of the form" : e.Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private PaymentAnswer Failed(Payment payment, string why)
    {
        Log.PaymentFailed(logger, payment.Contact, payment.Tenant, why);
        return new(CardOutcome.Failed, null);
    }

    /// <summary>A reference that may hold a card's number is not kept.</summary>
    private static PaymentAnswer Read(byte[] json)
    {
        var answer = JsonSerializer.Deserialize<Answer>(json, JsonSerializerOptions.Web) ?? throw new JsonException("null");
        var reference = answer.Reference is { Length: <= Anchor.CardTable.ReferenceMax } text && !text.Any(char.IsControl) && !MayHoldANumber(text) ? text : null;
        return new(answer.Accepted ? CardOutcome.Accepted : CardOutcome.Declined, reference);
    }

    private sealed record Answer(bool Accepted, string? Reference);
}
