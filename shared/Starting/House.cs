using System.Net;
using CallCenter.Hosting;
using CallCenter.Starting.Demo;

namespace CallCenter.Starting;

/// <summary>The last steps of a start, whether the services are one process or many: every one healthy, the demo loaded, then the card that says ready.</summary>
/// <param name="api">Where everybody reaches all services' paths.</param>
internal sealed class House(IConfiguration configuration, DataFolder data, TokenIssuer tokens, Uri api, TimeProvider clock)
{
    private static readonly TimeSpan HealthyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    /// <param name="hosts">The processes that must be healthy.</param>
    /// <param name="following">The processes that must follow the configuration: those, and the ones that stand by.</param>
    /// <returns>The line <c>ready …</c> and the card.</returns>
    /// <exception cref="StartException">Something is in the way.</exception>
    public async Task<string> Open(IReadOnlyList<Uri> hosts, IReadOnlyList<Uri> following, CancellationToken ct)
    {
        using var client = DemoLoader.Client(api, tokens.IssueForService().Token);
        using (Progress.Step("services"))
        {
            var until = clock.GetUtcNow() + HealthyWithin;
            foreach (var host in hosts)
            {
                await Healthy(client, host, until, ct);
            }
        }
        IReadOnlyList<DemoCall> demo = [];
        if (configuration.GetValue("Demo:Load", true))
        {
            using var step = Progress.Step("demo centre");
            demo = await DemoLoader.Load(new DemoCentre(Secrets.DemoKey(data)), client, ct);
            await DemoFile.Write(data.Path("demo.json"), configuration["Tenancy:Operator:Name"]!, demo, ct);
            await new Propagation(client, following, clock).Wait(ct);
            await DemoCustomers.Load(client, ct);
        }
        return Card.Text(configuration, api, data.Root, demo);
    }

    private async Task Healthy(HttpClient client, Uri host, DateTimeOffset until, CancellationToken ct)
    {
        while (true)
        {
            var (healthy, said) = await Ask(client, new Uri(host, "/health/ready"), ct);
            if (healthy)
            {
                return;
            }
            if (clock.GetUtcNow() > until)
            {
                throw new StartException($"{host} is not healthy after {HealthyWithin.TotalSeconds:0} s: {said}");
            }
            await Task.Delay(Between, clock, ct);
        }
    }

    private static async Task<(bool Healthy, string Said)> Ask(HttpClient client, Uri address, CancellationToken ct)
    {
        try
        {
            using var response = await client.GetAsync(address, ct);
            return (response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync(ct));
        }
        catch (HttpRequestException e)
        {
            // A process that does not listen yet.
            return (false, e.Message);
        }
    }
}
