using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace CallCenter.Hosting;

/// <summary>
/// The Dapr sidecar's HTTP API (docs.dapr.io, API reference), as far as this system uses it. Every call has a deadline; what fails is
/// a <see cref="SidecarException"/>.
/// </summary>
public sealed class SidecarClient : IDisposable
{
    private const int SecretsBytesMax = 1024 * 1024;
    private static readonly TimeSpan HealthWithin = TimeSpan.FromSeconds(2), SecretWithin = TimeSpan.FromSeconds(5), BindingWithin = TimeSpan.FromSeconds(5);

    private readonly SidecarAddress _address;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    internal SidecarClient(SidecarAddress address, TimeProvider clock)
    {
        _address = address;
        _clock = clock;
        _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>
    /// <c>GET /v1.0/healthz/outbound</c>: its components are loaded. (<c>/v1.0/healthz</c> waits for the application as well, which waits
    /// for it.)
    /// </summary>
    public Task CheckOutbound(CancellationToken ct) =>
        Ask("Health", HttpMethod.Get, "/v1.0/healthz/outbound", null, HealthWithin, static (_, _) => Task.FromResult(true), ct);

    /// <summary><c>GET /v1.0/secrets/{store}/{name}</c>: the secret's values by key; where the store keeps one value a secret, its key is the secret's name.</summary>
    public Task<IReadOnlyDictionary<string, string>> Secret(string store, string name, CancellationToken ct)
    {
        var wanted = $"Secret '{name}' of the store '{store}'";
        return Ask(wanted, HttpMethod.Get, $"/v1.0/secrets/{Uri.EscapeDataString(store)}/{Uri.EscapeDataString(name)}", null, SecretWithin, async (response, token) =>
            response.StatusCode == HttpStatusCode.NoContent
                ? throw new SidecarException($"{wanted}: there is none. Make it, or name another in Dapr:Secret.", response.StatusCode, null, isTransient: false)
                : await Json<IReadOnlyDictionary<string, string>>(wanted, response, token), ct);
    }

    /// <summary><c>GET /v1.0/secrets/{store}/bulk</c>: every secret that this app may read, by its name.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> Secrets(string store, CancellationToken ct)
    {
        var wanted = $"Secrets of the store '{store}'";
        return Ask(wanted, HttpMethod.Get, $"/v1.0/secrets/{Uri.EscapeDataString(store)}/bulk", null, SecretWithin, (response, token) =>
            Json<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>>(wanted, response, token), ct);
    }

    /// <summary><c>POST /v1.0/bindings/{binding}</c>: one operation of an output binding. Returns what the bound system answered, nothing for 204.</summary>
    /// <param name="data">A string, as JSON knows it; null: the operation takes none.</param>
    /// <param name="answerBytesMax">A longer answer is refused.</param>
    public Task<byte[]> InvokeBinding(
        string binding, string operation, string? data, Dictionary<string, string> metadata, CancellationToken ct, int answerBytesMax = 64 * 1024)
    {
        var wanted = $"Operation '{operation}' of the binding '{binding}'";
        return Ask(wanted, HttpMethod.Post, $"/v1.0/bindings/{Uri.EscapeDataString(binding)}", JsonContent.Create(new { operation, data, metadata }), BindingWithin, (response, token) =>
            Bytes(wanted, response, answerBytesMax, token), ct);
    }

    private static async Task<T> Json<T>(string wanted, HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(await Bytes(wanted, response, SecretsBytesMax, ct)) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new SidecarException($"{wanted}: the answer is not the JSON that Dapr's API reference describes ({e.Message}). Is Dapr:HttpEndpoint a Dapr sidecar?", response.StatusCode, null, isTransient: false, e);
        }
    }

    private static async Task<byte[]> Bytes(string wanted, HttpResponseMessage response, int max, CancellationToken ct)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(max, ct);
            return await response.Content.ReadAsByteArrayAsync(ct);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new SidecarException($"{wanted}: the answer has more than the {max} bytes that are taken. Is it the right one?", response.StatusCode, null, isTransient: false, e);
        }
    }

    private async Task<T> Ask<T>(
        string wanted, HttpMethod method, string path, HttpContent? content, TimeSpan within, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(within, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var request = new HttpRequestMessage(method, (Uri?)null) { Content = content };
        _address.Address(request, path);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.StatusCode < HttpStatusCode.BadRequest ? await read(response, either.Token) : throw await SidecarErrors.Read(wanted, response, either.Token);
        }
        catch (HttpRequestException e) when (e is not SidecarException)
        {
            throw SidecarErrors.Away(wanted, _address, e.Message, e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw SidecarErrors.Away(wanted, _address, $"nothing within {within.TotalSeconds:0} s", e);
        }
    }
}
