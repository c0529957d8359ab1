using CallCenter.Contracts.Tenancy;
using System.Collections.Concurrent;

namespace CallCenter.Tenancy.Tests;

[Trait("needs", "server")]
public sealed class NoticesTests(TenancyHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Services_follow_changes_and_start_from_the_last_seen()
    {
        var configuration = await host.Postgres.NewConfiguration();
        var tenant = Guid.CreateVersion7();
        await using (var app = await TenancyHost.Start(configuration, b => b.AddConfigurationSnapshots("reader")))
        {
            using var administrator = new HttpClient { BaseAddress = new(app.Urls.First()) };
            administrator.DefaultRequestHeaders.Authorization = new("Bearer", app.Services.GetRequiredService<TokenIssuer>().IssueForService().Token);
            var snapshots = app.Services.GetRequiredKeyedService<ConfigurationSnapshots>("reader");
            var told = new ConcurrentBag<Guid>();
            snapshots.Changed += told.Add;
            await snapshots.Complete(Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);

            await administrator.Put($"/api/tenants/{tenant}", Calls.Tenant());
            await Eventually.Be(() => snapshots.Tenant(tenant) is not null);
            await administrator.Put("/api/numbers/100200", Calls.Number(tenant));
            await Eventually.Be(() => snapshots.Tenant(tenant)!.Numbers.Count == 1);
            await Eventually.Be(() => snapshots.Operator()!.Tenants.Contains(tenant));
            told.ShouldContain(tenant);
            await app.StopAsync(Ct);
        }

        configuration["Services:Tenancy:Url"] = "http://127.0.0.1:1/";
        await using var without = await TenancyHost.Start(configuration, b => b.AddConfigurationSnapshots("reader"));
        var lastSeen = without.Services.GetRequiredKeyedService<ConfigurationSnapshots>("reader");
        await lastSeen.Complete(Ct).WaitAsync(TimeSpan.FromSeconds(1), Ct);
        lastSeen.Tenant(tenant)!.Numbers.ShouldHaveSingleItem().Number.ShouldBe("100200");
        await without.StopAsync(Ct);
    }
}
