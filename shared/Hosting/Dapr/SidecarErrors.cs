using System.Net;
using System.Text.Json;

namespace CallCenter.Hosting;

/// <summary>
/// Reads Dapr's errors: a status and <c>{"errorCode": "ERR_…", "message": "…"}</c>; a wrong token is 401 with plain text
/// (docs.dapr.io, API reference and error codes).
/// </summary>
internal static class SidecarErrors
{
    private const int BodyBytesMax = 64 * 1024, ToldCharactersMax = 500;

    private sealed record Body(string? ErrorCode, string? Message);

    /// <summary>The error of a call to the sidecar's own API; any status of 400 and above is one.</summary>
    public static async Task<SidecarException> Read(string wanted, HttpResponseMessage response, CancellationToken ct) =>
        Make(wanted, response.StatusCode, Parse(await Text(response, ct)));

    /// <summary>
    /// The sidecar's error where a service was to answer; null when the service itself did: its errors are problem details, and no
    /// answer of ours has an <c>errorCode</c>.
    /// </summary>
    public static async Task<SidecarException?> Find(string wanted, HttpResponseMessage response, CancellationToken ct)
    {
        if (response.StatusCode < HttpStatusCode.BadRequest || response.Content.Headers.ContentType?.MediaType is not ("application/json" or "text/plain"))
        {
            return null;
        }
        var body = Parse(await Text(response, ct));
        return body.ErrorCode is not null || IsWrongToken(response.StatusCode, body) ? Make(wanted, response.StatusCode, body) : null;
    }

    /// <summary>No answer at all.</summary>
    public static SidecarException Away(string wanted, SidecarAddress address, string reason, Exception? inner) =>
        new($"{wanted}: the Dapr sidecar at {address.Endpoint} does not answer ({reason}). Is it running, and is Dapr:HttpEndpoint its address?", null, null, isTransient: true, inner);

    private static bool IsWrongToken(HttpStatusCode status, Body body) => status == HttpStatusCode.Unauthorized && body.Message?.StartsWith("invalid api token", StringComparison.Ordinal) is true;

    private static SidecarException Make(string wanted, HttpStatusCode status, Body body)
    {
        var (advice, isFinal) = Advice(status, body);
        var said = body.Message is { Length: > 0 } message ? message[..Math.Min(message.Length, ToldCharactersMax)].Trim() : "nothing";
        return new($"{wanted}: the Dapr sidecar answered {(int)status} {body.ErrorCode ?? "without an error code"} and said: {said}. {advice}", status, body.ErrorCode, !isFinal);
    }

    private static (string Advice, bool IsFinal) Advice(HttpStatusCode status, Body body) => (body.ErrorCode, status) switch
    {
        ("ERR_SECRET_STORES_NOT_CONFIGURED" or "ERR_SECRET_STORE_NOT_FOUND", _) =>
            ("Name a secret store component of this sidecar in Dapr:SecretStore; the component's scopes must name this app.", true),
        ("ERR_PERMISSION_DENIED", _) => ("Allow the secret in the sidecar's Configuration: secrets.scopes, allowedSecrets.", true),
        ("ERR_SECRET_GET", _) => ("Is the secret in the store, and may the sidecar read it? Its log has more.", false),
        ("ERR_DIRECT_INVOKE", HttpStatusCode.Forbidden) => ("Allow it in the called app's Configuration: accessControl.policies.", true),
        ("ERR_DIRECT_INVOKE", _) => ("Does that app run, with a sidecar and under this app id (Services:<Name>:App)?", status < HttpStatusCode.InternalServerError),
        ("ERR_INVOKE_OUTPUT_BINDING", _) => ("Is the binding a component of this sidecar, and does what it binds answer? Its log has more.", false),
        (_, HttpStatusCode.Unauthorized) => ("Give this process the sidecar's token in DAPR_API_TOKEN.", true),
        (_, HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError) => ("Its log has more.", false),
        (_, HttpStatusCode.Forbidden) => ("Allow this API in the sidecar's Configuration: api.allowed.", true),
        (_, HttpStatusCode.NotFound) => ("Is this address a Dapr sidecar's, and is the API in its Configuration's api.allowed?", true),
        _ => ("The request is not what it takes: compare Dapr's version with the API reference.", true),
    };

    // The body stays readable: it may be the service's after all.
    private static async Task<string> Text(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > BodyBytesMax)
        {
            return "";
        }
        await response.Content.LoadIntoBufferAsync(BodyBytesMax, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    private static Body Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Body>(text, JsonSerializerOptions.Web) is { ErrorCode: not null } told ? told : new(null, text);
        }
        catch (JsonException)
        {
            return new(null, text); // plain text, or a proxy's page
        }
    }
}
