using System.Net;
using System.Net.Http.Json;
using CallCenter.Contracts.Tenancy;

namespace CallCenter.Tenancy.Tests;

[Trait("needs", "server")]
public sealed class ConfigurationTests(TenancyHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<TenantSnapshot> Snapshot(Guid tenant)
    {
        using var service = await host.Client(Role.Service);
        return (await service.GetFromJsonAsync<TenantSnapshot>(new Uri($"/api/snapshots/{tenant}", UriKind.Relative), EventCatalog.Json, Ct))!;
    }

    private async Task<OperatorSnapshot> OperatorSnapshot()
    {
        using var service = await host.Client(Role.Service);
        return (await service.GetFromJsonAsync<OperatorSnapshot>(new Uri("/api/snapshots/operator", UriKind.Relative), EventCatalog.Json, Ct))!;
    }

    [Fact]
    public async Task A_tenant_with_its_number_is_in_its_snapshot()
    {
        using var administrator = await host.Client(Role.Administrator);
        var tenant = await administrator.NewTenant("Aurora");
        var (number, flow) = (Calls.NewNumber(), Guid.CreateVersion7());
        (await administrator.Put($"/api/numbers/{number}", Calls.Number(tenant, flow))).GetProperty("flow").GetGuid().ShouldBe(flow);

        var snapshot = await Snapshot(tenant);
        (snapshot.Name, snapshot.Language, snapshot.TimeZone).ShouldBe(("Aurora", "fi", "Europe/Helsinki"));
        snapshot.Limits.ShouldBe(new(10, 5));
        snapshot.Numbers.ShouldHaveSingleItem().ShouldBe(new(number, "geographic", flow, new(null, null, 30)));
        host.Services.GetRequiredService<TenantKeys>().Unwrap(snapshot.DataKey).Length.ShouldBe(32);
        (await OperatorSnapshot()).Tenants.ShouldContain(tenant);
    }

    [Fact]
    public async Task A_change_raises_the_version_and_the_same_again_does_not()
    {
        using var administrator = await host.Client(Role.Administrator);
        var tenant = await administrator.NewTenant();
        var first = await Snapshot(tenant);
        await administrator.Put($"/api/tenants/{tenant}", Calls.Tenant());
        (await Snapshot(tenant)).Version.ShouldBe(first.Version);

        await administrator.Put($"/api/tenants/{tenant}", Calls.Tenant("Borealis"));
        var renamed = await Snapshot(tenant);
        renamed.Version.ShouldBeGreaterThan(first.Version);
        renamed.DataKey.ShouldBe(first.DataKey);

        var number = Calls.NewNumber();
        await administrator.Put($"/api/numbers/{number}", Calls.Number(tenant));
        var numbered = await Snapshot(tenant);
        numbered.Version.ShouldBeGreaterThan(renamed.Version);
        await administrator.Put($"/api/numbers/{number}", Calls.Number(tenant));
        (await Snapshot(tenant)).Version.ShouldBe(numbered.Version);
    }

    [Fact]
    public async Task A_brand_is_answered_and_in_the_snapshot_and_has_a_default()
    {
        using var administrator = await host.Client(Role.Administrator);
        var tenant = await administrator.NewTenant();
        var first = await Snapshot(tenant);
        first.Brand.ShouldBe(TenantBrand.Default);

        var limits = new { concurrentCalls = 10, callsPerSecond = 5 };
        var body = new { name = "Aurora", language = "fi", timeZone = "Europe/Helsinki", limits, brand = new { colour = "#1F5A99", greeting = "Aurora, hyvää päivää." } };
        await administrator.Put($"/api/tenants/{tenant}", body);
        var branded = await Snapshot(tenant);
        (branded.Brand, branded.Version > first.Version).ShouldBe((new("#1f5a99", "Aurora, hyvää päivää."), true));
        var read = (await administrator.Read($"/api/tenants/{tenant}")).GetProperty("brand");
        (read.GetProperty("colour").GetString(), read.GetProperty("greeting").GetString()).ShouldBe((branded.Brand.Colour, branded.Brand.Greeting));
        await administrator.Put($"/api/tenants/{tenant}", body);
        (await Snapshot(tenant)).Version.ShouldBe(branded.Version);

        var wrong = new { name = "Aurora", language = "fi", timeZone = "Europe/Helsinki", limits, brand = new { colour = "blue", greeting = new string('x', 501) } };
        (await administrator.Put($"/api/tenants/{tenant}", wrong, HttpStatusCode.BadRequest)).GetProperty("errors").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_number_of_another_tenant_is_not_taken_away()
    {
        using var administrator = await host.Client(Role.Administrator);
        var (red, blue, number) = (await administrator.NewTenant(), await administrator.NewTenant(), Calls.NewNumber());
        await administrator.Put($"/api/numbers/{number}", Calls.Number(red));
        await administrator.Put($"/api/numbers/{number}", Calls.Number(blue), HttpStatusCode.Conflict);
        await administrator.Put($"/api/numbers/{number}", Calls.Number(blue, Guid.CreateVersion7()), HttpStatusCode.Conflict);
        (await Snapshot(red)).Numbers.ShouldHaveSingleItem();
        (await Snapshot(blue)).Numbers.ShouldBeEmpty();
    }

    [Fact]
    public async Task Limits_of_calls_outside_are_answered_in_the_snapshot_and_outlive_other_changes()
    {
        using var administrator = await host.Client(Role.Administrator);
        var tenant = await administrator.NewTenant();
        var first = await Snapshot(tenant);
        (first.Outside.Allowed.Count, first.Outside.Premium, first.Outside.DayCostMax).ShouldBe((0, false, null));
        var body = new { allowed = new[] { "+358" }, forbidden = new[] { "+358600" }, premium = true, dayCostMax = 99.5m };
        await administrator.Put($"/api/tenants/{tenant}/outside", body);
        var limited = await Snapshot(tenant);
        limited.Version.ShouldBeGreaterThan(first.Version);
        (limited.Outside.Premium, limited.Outside.DayCostMax).ShouldBe((true, 99.5m));
        (limited.Outside.Allowed.Single(), limited.Outside.Forbidden.Single()).ShouldBe(("+358", "+358600"));
        await administrator.Put($"/api/tenants/{tenant}/outside", body);
        await administrator.Put($"/api/tenants/{tenant}", Calls.Tenant());
        (await Snapshot(tenant)).Version.ShouldBe(limited.Version);
        (await administrator.Read($"/api/tenants/{tenant}")).GetProperty("outside").GetProperty("dayCostMax").GetDecimal().ShouldBe(99.5m);

        await administrator.Put($"/api/tenants/{Guid.CreateVersion7()}/outside", body, HttpStatusCode.NotFound);
        var wrong = await administrator.Put($"/api/tenants/{tenant}/outside", new { allowed = new[] { "x" }, dayCostMax = -1 }, HttpStatusCode.BadRequest);
        wrong.GetProperty("errors").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_trunks_prices_are_in_the_snapshot_and_outlive_other_changes()
    {
        using var administrator = await host.Client(Role.Administrator);
        var trunk = $"t{Guid.NewGuid():N}";
        var itself = new { trustedNetworks = new[] { "192.0.2.0/24" }, concurrentCalls = 7, callsPerSecond = 3, target = "192.0.2.7:5060", destinations = new[] { "+358" } };
        var limits = new { forbidden = new[] { "+35875" }, prices = new[] { new { prefix = "+358", perMinute = 0.02m } }, dayCostMax = 500 };
        await administrator.Put($"/api/trunks/{trunk}/outside", limits, HttpStatusCode.NotFound);
        await administrator.Put($"/api/trunks/{trunk}", itself);
        await administrator.Put($"/api/trunks/{trunk}/outside", limits);
        (await administrator.Put($"/api/trunks/{trunk}", itself)).GetProperty("outside").GetProperty("dayCostMax").GetDecimal().ShouldBe(500);

        var stored = (await OperatorSnapshot()).Trunks.Single(k => k.Name == trunk).Outside;
        stored.Prices.ShouldHaveSingleItem().ShouldBe(new("+358", 0.02m));
        (stored.Forbidden.Single(), stored.DayCostMax).ShouldBe(("+35875", 500m));
        var twice = new { prices = new[] { new { prefix = "+358", perMinute = 0.02m }, new { prefix = "+358", perMinute = -1m } } };
        (await administrator.Put($"/api/trunks/{trunk}/outside", twice, HttpStatusCode.BadRequest)).GetProperty("errors").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_phone_is_kept_as_digests_and_a_trunk_as_networks()
    {
        using var administrator = await host.Client(Role.Administrator);
        var before = await OperatorSnapshot();
        var agent = Guid.CreateVersion7();
        var (phone, trunk) = ($"p{Guid.NewGuid():N}", $"t{Guid.NewGuid():N}");
        await administrator.Put($"/api/phones/{phone}", new { agent, password = "not so secret" });
        await administrator.Put($"/api/trunks/{trunk}", new { trustedNetworks = new[] { "192.0.2.0/24", "2001:db8::/32" }, concurrentCalls = 7, callsPerSecond = 3 });

        var after = await OperatorSnapshot();
        after.Version.ShouldBeGreaterThan(before.Version);
        var kept = after.Phones.Single(p => p.SipUser == phone);
        (kept.Ha1Md5, kept.Ha1Sha256).ShouldBe(Phones.PhoneApi.Ha1(phone, after.Realm, "not so secret"));
        var stored = after.Trunks.Single(k => k.Name == trunk);
        stored.TrustedNetworks.ShouldBe(["192.0.2.0/24", "2001:db8::/32"]);
        (stored.ConcurrentCalls, stored.CallsPerSecond).ShouldBe((7, 3));

        await administrator.Put($"/api/phones/{phone}", new { agent, password = "not so secret" });
        (await OperatorSnapshot()).Version.ShouldBe(after.Version);
    }

    [Fact]
    public async Task A_trunks_account_is_kept_sealed_and_its_password_never_told()
    {
        using var administrator = await host.Client(Role.Administrator);
        var (trunk, tenant) = ($"t{Guid.NewGuid():N}", Guid.CreateVersion7());
        var body = new
        {
            trustedNetworks = new[] { "192.0.2.0/24" }, concurrentCalls = 7, callsPerSecond = 3, target = "192.0.2.7:5060", destinations = new[] { "+358" },
            priority = 2, weight = 30, tenants = new[] { tenant }, account = new { user = "acct", password = "not so secret", domain = "carrier.example" },
        };
        (await administrator.Put($"/api/trunks/{trunk}", body)).ToString().ShouldNotContain("secret");
        (await administrator.GetStringAsync("/api/trunks", TestContext.Current.CancellationToken)).ShouldNotContain("assword");

        var stored = (await OperatorSnapshot()).Trunks.Single(k => k.Name == trunk);
        (stored.Priority, stored.Weight, stored.Target).ShouldBe((2, 30, "192.0.2.7:5060"));
        stored.Tenants.ShouldBe([tenant]);
        var account = stored.Account.ShouldNotBeNull();
        (account.User, account.Domain, account.Register).ShouldBe(("acct", "carrier.example", true));
        account.SealedPassword.ShouldNotContain("secret");
        host.Services.GetRequiredService<TenantKeys>().Open(account.SealedPassword).ShouldBe("not so secret");

        await administrator.Put($"/api/trunks/{trunk}", new { trustedNetworks = new[] { "192.0.2.0/24" }, concurrentCalls = 7, callsPerSecond = 3 });
        (await OperatorSnapshot()).Trunks.Single(k => k.Name == trunk).Account.ShouldBeNull();
        await administrator.Put($"/api/trunks/{trunk}", new { trustedNetworks = new[] { "192.0.2.0/24" }, concurrentCalls = 7, callsPerSecond = 3, weight = 0, account = new { user = "a b", password = "" } }, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("192.0.2.7", "+358")]
    [InlineData("192.0.2.7:0", "+358")]
    [InlineData("carrier.example:5060", "+358")]
    [InlineData("192.0.2.7:5060", null)]
    [InlineData("192.0.2.7:5060", "")]
    [InlineData("192.0.2.7:5060", "35x")]
    public async Task A_target_is_an_address_and_says_where_to(string target, string? destination)
    {
        using var administrator = await host.Client(Role.Administrator);
        var destinations = destination is null ? Array.Empty<string>() : [destination];
        await administrator.Put($"/api/trunks/t{Guid.NewGuid():N}",
            new { trustedNetworks = new[] { "192.0.2.0/24" }, concurrentCalls = 7, callsPerSecond = 3, target, destinations }, HttpStatusCode.BadRequest);
    }

    // RFC 7616, section 3.9.1: its example's user, realm and password; HA1 computed with openssl.
    [Fact]
    public void Digests_are_those_of_the_rfc()
    {
        var (md5, sha256) = Phones.PhoneApi.Ha1("Mufasa", "http-auth@example.org", "Circle of Life");
        md5.ShouldBe("3d78807defe7de2157e2b0b6573a855f");
        sha256.ShouldBe("7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232");
    }

    [Fact]
    public async Task Every_error_of_a_body_is_told_at_once()
    {
        using var administrator = await host.Client(Role.Administrator);
        var problem = await administrator.Put($"/api/tenants/{Guid.CreateVersion7()}",
            new { name = " ", language = "Finnish!", timeZone = "Mars/Olympus", limits = new { concurrentCalls = -1, callsPerSecond = 1 } }, HttpStatusCode.BadRequest);
        problem.GetProperty("errors").GetArrayLength().ShouldBe(4);
        problem = await administrator.Put("/api/trunks/a%20b", new { trustedNetworks = new[] { "10.0.0.0/99", "all" }, concurrentCalls = 1, callsPerSecond = 1 }, HttpStatusCode.BadRequest);
        problem.GetProperty("errors").GetArrayLength().ShouldBe(3);
        await administrator.Put("/api/numbers/12x", Calls.Number(Guid.CreateVersion7()), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_payment_service_is_in_the_snapshot_with_its_secret_sealed_and_told_to_nobody()
    {
        using var administrator = await host.Client(Role.Administrator);
        var tenant = await administrator.NewTenant();
        var before = await Snapshot(tenant);
        before.Payment.ShouldBeNull();
        await administrator.Put($"/api/tenants/{tenant}/payment", new { url = "https://pay.example/cards", secret = "secret-of-sixteen" });
        var snapshot = await Snapshot(tenant);
        snapshot.Version.ShouldBeGreaterThan(before.Version);
        snapshot.Payment!.Url.ShouldBe("https://pay.example/cards");
        snapshot.Payment.SealedSecret.ShouldNotContain("secret");
        host.Services.GetRequiredService<TenantKeys>().Open(snapshot.Payment.SealedSecret).ShouldBe("secret-of-sixteen");
        var told = await administrator.Read($"/api/tenants/{tenant}");
        told.GetProperty("paymentUrl").GetString().ShouldBe("https://pay.example/cards");
        told.GetRawText().ShouldNotContain("secret");

        // Who changes the tenant leaves it alone.
        await administrator.Put($"/api/tenants/{tenant}", Calls.Tenant("Borealis"));
        (await Snapshot(tenant)).Payment.ShouldBe(snapshot.Payment);
        (await administrator.DeleteAsync(new Uri($"/api/tenants/{tenant}/payment", UriKind.Relative), Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Snapshot(tenant)).Payment.ShouldBeNull();
    }

    [Theory]
    [InlineData("http://pay.example/cards", "secret-of-sixteen", "https")]
    [InlineData("https://user:word@pay.example", "secret-of-sixteen", "https")]
    [InlineData("https://pay.example", "short", "16 to")]
    public async Task A_payment_service_that_is_not_safe_is_refused(string url, string secret, string why)
    {
        using var administrator = await host.Client(Role.Administrator);
        var tenant = await administrator.NewTenant();
        (await administrator.Put($"/api/tenants/{tenant}/payment", new { url, secret }, HttpStatusCode.BadRequest)).GetRawText().ShouldContain(why);
        await administrator.Put($"/api/tenants/{Guid.CreateVersion7()}/payment", new { url = "https://pay.example", secret = "secret-of-sixteen" }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_client_sees_its_own_tenant_and_for_it_no_other_exists()
    {
        using var administrator = await host.Client(Role.Administrator);
        var (red, blue) = (await administrator.NewTenant(), await administrator.NewTenant());
        var (redNumber, blueNumber) = (Calls.NewNumber(), Calls.NewNumber());
        await administrator.Put($"/api/numbers/{redNumber}", Calls.Number(red));
        await administrator.Put($"/api/numbers/{blueNumber}", Calls.Number(blue));

        using var client = await host.Client(Role.Client, red);
        (await client.Read("/api/tenants")).Items().ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(red);
        (await client.Status($"/api/tenants/{red}")).ShouldBe(HttpStatusCode.OK);
        (await client.Status($"/api/tenants/{blue}")).ShouldBe(HttpStatusCode.NotFound);
        (await client.Read("/api/numbers")).Items().ShouldHaveSingleItem().GetProperty("number").GetString().ShouldBe(redNumber);
        (await client.Status($"/api/numbers/{blueNumber}")).ShouldBe(HttpStatusCode.NotFound);

        using var supervisor = await host.Client(Role.Supervisor);
        (await supervisor.Read("/api/tenants")).Items().Select(t => t.GetProperty("id").GetGuid()).ShouldContain(blue);
    }

    [Theory]
    [InlineData(Role.Agent)]
    [InlineData(Role.Supervisor)]
    [InlineData(Role.Client)]
    public async Task Only_administrators_and_services_configure(Role role)
    {
        using var http = await host.Client(role, Guid.CreateVersion7());
        await http.Put($"/api/tenants/{Guid.CreateVersion7()}", Calls.Tenant(), HttpStatusCode.Forbidden);
        (await http.Status("/api/phones")).ShouldBe(HttpStatusCode.Forbidden);
        (await http.Status("/api/snapshots/operator")).ShouldBe(HttpStatusCode.Forbidden);
    }
}
