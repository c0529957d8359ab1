using System.Net;
using CallCenter.AllInOne.Demo;
using CallCenter.Hosting;

namespace CallCenter.AllInOne.Starting;

/// <summary>The last step of a start: every service healthy, the demo loaded, then the line that says so.</summary>
internal sealed class Opening(
    IConfiguration configuration, DataFolder data, TokenIssuer tokens, Propagation propagation, IHostApplicationLifetime lifetime, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan HealthyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    /// <summary>What the process ends with: 1 when the house could not be opened.</summary>
    public static int ExitCode { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Started(stoppingToken);
            await Open(stoppingToken);
        }
        catch (Exception e) when (e is StartException or HttpRequestException or IOException)
        {
            await Console.Error.WriteLineAsync($"callcenter: {e.Message}");
            ExitCode = 1;
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped while starting: nothing to open any more.
        }
    }

    private async Task Started(CancellationToken ct)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(ct);
    }

    private async Task Open(CancellationToken ct)
    {
        using var api = DemoLoader.Client(ListensAt(configuration), tokens.IssueForService().Token);
        using (Progress.Step("services"))
        {
            await Healthy(api, ct);
        }
        IReadOnlyList<DemoCall> demo = [];
        if (configuration.GetValue("Demo:Load", true))
        {
            using var step = Progress.Step("demo centre");
            demo = await DemoLoader.Load(new DemoCentre(Secrets.DemoKey(data)), api, ct);
            await DemoFile.Write(data.Path("demo.json"), configuration["Tenancy:Operator:Name"] ?? "CallCenter", demo, ct);
            await propagation.Wait(api, ct);
            await DemoCustomers.Load(api, ct);
        }
        await Console.Out.WriteAsync(Card.Text(configuration, api.BaseAddress!, data.Root, demo));
    }

    private async Task Healthy(HttpClient api, CancellationToken ct)
    {
        var until = clock.GetUtcNow() + HealthyWithin;
        while (true)
        {
            using var response = await api.GetAsync("/health/ready", ct);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return;
            }
            if (clock.GetUtcNow() > until)
            {
                throw new StartException($"the services are not healthy after {HealthyWithin.TotalSeconds:0} s: {await response.Content.ReadAsStringAsync(ct)}");
            }
            await Task.Delay(Between, clock, ct);
        }
    }

    /// <summary>Where this process reaches its own API.</summary>
    private static Uri ListensAt(IConfiguration configuration)
    {
        var address = new UriBuilder((configuration["urls"] ?? "http://127.0.0.1:8080").Split(';')[0]);
        address.Host = address.Host switch { "0.0.0.0" => "127.0.0.1", "[::]" => "[::1]", var host => host };
        return address.Uri;
    }
}

internal static class OpeningRegistration
{
    /// <summary>Adds the last step of a start.</summary>
    public static void AddOpening(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<Propagation>().AddHostedService<Opening>();
}
