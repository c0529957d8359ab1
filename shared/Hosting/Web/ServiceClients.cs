using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Hosting;

/// <summary>HTTP clients of other services.</summary>
public static class ServiceClients
{
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(10), ConnectTime = TimeSpan.FromSeconds(2), ConnectionLife = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Registers the named client <c>IHttpClientFactory.CreateClient("Ivr")</c> for paths of that service, with the service's token.
    /// Its address is <c>Services:&lt;Name&gt;:Url</c>; by default this host's own, since in one process every service is at home.
    /// </summary>
    public static void AddServiceClient(this IHostApplicationBuilder builder, string service)
    {
        if (!builder.Registered<KnownClients>().Add(service))
        {
            return;
        }
        builder.Services.AddHttpClient(service, client =>
            {
                client.BaseAddress = OwnAddress.Placeholder;
                client.Timeout = RequestTime;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { ConnectTimeout = ConnectTime, PooledConnectionLifetime = ConnectionLife, UseProxy = false })
            .AddHttpMessageHandler(services => new ToService(
                builder.Configuration[$"Services:{service}:Url"], services.GetRequiredService<OwnAddress>(), services.GetRequiredService<TokenIssuer>()))
            .RemoveAllLoggers();
    }

    private sealed class KnownClients : HashSet<string>;

    private sealed class ToService(string? configured, OwnAddress own, TokenIssuer tokens) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = configured is { Length: > 0 } ? new Uri(configured) : await own.Get(cancellationToken);
            if (request.RequestUri is { } uri && uri.Host == OwnAddress.Placeholder.Host)
            {
                request.RequestUri = new Uri(address, uri.PathAndQuery);
            }
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", tokens.IssueForService().Token);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>Where this host listens; known once it has started.</summary>
internal sealed class OwnAddress(IServer server, IHostApplicationLifetime lifetime)
{
    public static readonly Uri Placeholder = new("http://service.invalid/");

    private readonly Task _started = Started(lifetime);

    public async Task<Uri> Get(CancellationToken ct)
    {
        await _started.WaitAsync(ct);
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(a => a.StartsWith("http://", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("This host listens on no http address: set Services:<Name>:Url.");
        var uri = new UriBuilder(address.Replace("//*", "//127.0.0.1", StringComparison.Ordinal).Replace("//+", "//127.0.0.1", StringComparison.Ordinal));
        if (uri.Host is "0.0.0.0" or "[::]")
        {
            uri.Host = "127.0.0.1";
        }
        return uri.Uri;
    }

    private static Task Started(IHostApplicationLifetime lifetime)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        return started.Task;
    }
}
