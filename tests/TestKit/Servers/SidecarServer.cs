using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CallCenter.TestKit;

/// <summary>A request that reached the sidecar.</summary>
public sealed record SidecarRequest(string Method, string Path, string? App, string? Token);

/// <summary>
/// A Dapr sidecar as its HTTP API is documented (docs.dapr.io: API reference, error codes): health, secrets, an S3 binding and service
/// invocation, with its status codes and error bodies. Faults take the place of its next answers, health apart.
/// </summary>
public sealed class SidecarServer : IAsyncDisposable
{
    private const long BodyBytesMax = 4 << 20; // daprd's --max-body-size
    private static readonly HashSet<string> OfOneHop = new(StringComparer.OrdinalIgnoreCase)
        { "Host", "Connection", "Transfer-Encoding", "Content-Length", "Keep-Alive", "dapr-app-id", "dapr-api-token" };

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private readonly ConcurrentQueue<RequestDelegate> _faults = new();

    private SidecarServer(WebApplication app) => _app = app;

    /// <summary>For <c>Dapr:HttpEndpoint</c>.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>Whether its components are loaded.</summary>
    public bool IsReady { get; set; } = true;

    /// <summary>The token that callers have to show; null: none.</summary>
    public string? Token { get; set; }

    /// <summary>Secret stores: store, secret, key, value.</summary>
    public ConcurrentDictionary<string, Dictionary<string, Dictionary<string, string>>> Stores { get; } = new();

    /// <summary>Secrets that the sidecar's Configuration denies.</summary>
    public ConcurrentBag<string> DeniedSecrets { get; } = [];

    /// <summary>Buckets by the name of the binding: objects by key.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, byte[]>> Buckets { get; } = new();

    /// <summary>Other apps by their id, with the address of each.</summary>
    public ConcurrentDictionary<string, string> Apps { get; } = new();

    /// <summary>Apps whose Configuration denies this one.</summary>
    public ConcurrentBag<string> DeniedApps { get; } = [];

    /// <summary>What has been asked, in order.</summary>
    public ConcurrentQueue<SidecarRequest> Requests { get; } = new();

    /// <summary>Starts one; <paramref name="port"/> 0: a free one.</summary>
    public static async Task<SidecarServer> Start(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(o => o.Limits.MaxRequestBodySize = BodyBytesMax);
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        var server = new SidecarServer(app);
        app.Use(server.Gate);
        app.MapGet("/v1.0/healthz/outbound", server.Health);
        app.MapGet("/v1.0/secrets/{store}/bulk", server.Bulk);
        app.MapGet("/v1.0/secrets/{store}/{name}", server.Secret);
        app.MapPost("/v1.0/bindings/{name}", server.Bind);
        app.MapFallback("{**path}", server.Invoke);
        await app.StartAsync();
        server.Endpoint = app.Urls.First();
        return server;
    }

    /// <summary>The next request gets this answer.</summary>
    public void AnswerNext(int status, string contentType, string body) => _faults.Enqueue(context => Write(context, status, contentType, body));

    /// <summary>The next request gets this error as Dapr writes it.</summary>
    public void FailNext(int status, string errorCode, string message) => _faults.Enqueue(context => Error(context, status, errorCode, message));

    /// <summary>The next request gets no answer for as long as it is kept up. Returns when it has come.</summary>
    public Task HangNext()
    {
        var come = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _faults.Enqueue(async context =>
        {
            come.SetResult();
            var gone = new TaskCompletionSource();
            await using var end = context.RequestAborted.Register(gone.SetResult);
            await gone.Task;
        });
        return come.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    // The token is not asked of health (pkg/api/http/middlewares.go).
    private Task Gate(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        Requests.Enqueue(new(context.Request.Method, context.Request.Path.Value!, headers["dapr-app-id"], headers["dapr-api-token"]));
        var isHealth = context.Request.Path.StartsWithSegments("/v1.0/healthz");
        return !isHealth && _faults.TryDequeue(out var fault) ? fault(context)
            : !isHealth && Token is { } token && headers["dapr-api-token"] != token
                ? Write(context, 401, "text/plain; charset=utf-8", "invalid api token\n")
            : next(context);
    }

    private Task Health(HttpContext context) => IsReady ? Empty(context) : Error(context, 500, "ERR_OUTBOUND_HEALTH_NOT_READY", "dapr outbound is not ready");

    private Task Secret(HttpContext context, string store, string name) =>
        !Stores.TryGetValue(store, out var secrets) ? NoStore(context, store)
        : DeniedSecrets.Contains(name) ? Error(context, 403, "ERR_PERMISSION_DENIED", $"access denied by policy to get \"{name}\" from \"{store}\"")
        : secrets.TryGetValue(name, out var values) ? context.Response.WriteAsJsonAsync(values)
        : Empty(context);

    private Task Bulk(HttpContext context, string store) => Stores.TryGetValue(store, out var secrets)
        ? context.Response.WriteAsJsonAsync(secrets.Where(s => !DeniedSecrets.Contains(s.Key)).ToDictionary())
        : NoStore(context, store);

    private Task NoStore(HttpContext context, string store) => Stores.IsEmpty
        ? Error(context, 500, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured")
        : Error(context, 401, "ERR_SECRET_STORE_NOT_FOUND", $"failed finding secret store with key {store}");

    private async Task Bind(HttpContext context, string name)
    {
        BindingRequest? request;
        try
        {
            request = await context.Request.ReadFromJsonAsync<BindingRequest>();
        }
        catch (JsonException e)
        {
            await Error(context, 400, "ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {e.Message}");
            return;
        }
        var key = request?.Metadata?.GetValueOrDefault("key") ?? "";
        var content = Array.Empty<byte>();
        var fault = !Buckets.TryGetValue(name, out var bucket) ? $"couldn't find output binding {name}"
            : request!.Operation == "get" && !bucket.TryGetValue(key, out content) ? "s3 binding error: error downloading S3 object: NoSuchKey"
            : request.Operation is not ("create" or "get") ? $"s3 binding error. unsupported operation {request.Operation}" : null;
        if (fault is not null)
        {
            await Error(context, 500, "ERR_INVOKE_OUTPUT_BINDING", $"error invoking output binding {name}: {fault}");
        }
        else if (request!.Operation == "create")
        {
            bucket![key] = request.Metadata!.GetValueOrDefault("decodeBase64") == "true" ? Convert.FromBase64String(request.Data!) : Encoding.UTF8.GetBytes(request.Data!);
            await context.Response.WriteAsJsonAsync(new { location = $"https://bucket.example.org/{key}" });
        }
        else
        {
            await context.Response.Body.WriteAsync(content);
        }
    }

    private sealed record BindingRequest(string Operation, string? Data, Dictionary<string, string>? Metadata);

    // By the header dapr-app-id, with the app's own path; or by /v1.0/invoke/{app}/method/{path}.
    private async Task Invoke(HttpContext context)
    {
        var (app, path) = Target(context.Request);
        if (app is null)
        {
            await Error(context, 404, "ERR_DIRECT_INVOKE", "failed getting app id either from the URL path or the header dapr-app-id");
        }
        else if (DeniedApps.Contains(app))
        {
            await Error(context, 403, "ERR_DIRECT_INVOKE", $"failed to invoke, id: {app}, err: rpc error: code = PermissionDenied desc = access control policy has denied access");
        }
        else if (!Apps.TryGetValue(app, out var url))
        {
            await Error(context, 500, "ERR_DIRECT_INVOKE", $"failed to invoke, id: {app}, err: couldn't find service: {app}");
        }
        else
        {
            await Forward(context, app, new Uri(new Uri(url), path));
        }
    }

    private static (string? App, string Path) Target(HttpRequest request)
    {
        var query = request.QueryString.ToUriComponent();
        if (request.Headers["dapr-app-id"] is [{ Length: > 0 } app])
        {
            return (app, request.Path.ToUriComponent() + query);
        }
        var parts = request.Path.ToUriComponent().Split("/method/", 2);
        const string prefix = "/v1.0/invoke/";
        return parts.Length == 2 && parts[0].StartsWith(prefix, StringComparison.Ordinal) ? (parts[0][prefix.Length..], $"/{parts[1]}{query}") : (null, "");
    }

    private async Task Forward(HttpContext context, string app, Uri uri)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), uri);
        request.Content = context.Request.ContentLength is > 0 ? new StreamContent(context.Request.Body) : null;
        foreach (var (name, values) in context.Request.Headers.Where(h => !OfOneHop.Contains(h.Key)))
        {
            _ = request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()) || request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable()) is true;
        }
        try
        {
            using var response = await _http.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat<KeyValuePair<string, IEnumerable<string>>>(response.Content.Headers).Where(h => !OfOneHop.Contains(h.Key)))
            {
                context.Response.Headers[name] = values.ToArray();
            }
            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (HttpRequestException e)
        {
            await Error(context, 500, "ERR_DIRECT_INVOKE", $"failed to invoke, id: {app}, err: {e.Message}");
        }
    }

    private static Task Empty(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task Error(HttpContext context, int status, string errorCode, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { errorCode, message });
    }

    private static Task Write(HttpContext context, int status, string contentType, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(body);
    }
}
