using CallCenter.Contracts.Tenancy;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Trunks;
using CallCenter.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Trunks;

public sealed class DayCostsTests : IDisposable
{
    // 20:00 UTC is 22:00 in Helsinki.
    private readonly FakeClock clock = new(new(2026, 1, 15, 20, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder folder = new();
    private readonly TenantSnapshot tenant = new(Guid.NewGuid(), 1, "T", "fi", "Europe/Helsinki", [], new(10, 10), "key") { Outside = new() { DayCostMax = 1m } };
    private readonly TrunkSnapshot trunk = new("t", [], 10, 10, "192.0.2.7:5060");

    private DayCosts Open() => new(Path.Combine(folder.Path, "day-costs.json"), new CurrentConfiguration(), clock, NullLogger<DayCosts>.Instance);

    [Fact]
    public void The_limit_is_never_passed()
    {
        var costs = Open();
        for (var n = 0; n < 3; n++)
        {
            costs.Pay(tenant, trunk, 0.3m).ShouldBeNull();
        }
        costs.WhyNot(tenant, trunk, 0.3m)!.Reason.ShouldBe(Refusals.TenantDayCost);
        costs.Pay(tenant, trunk, 0.3m)!.Reason.ShouldBe(Refusals.TenantDayCost);
        costs.Pay(tenant, trunk, 0.1m).ShouldBeNull(); // just as much as is left
        costs.Pay(tenant, trunk, 0m).ShouldBeNull();   // costs nothing
        costs.GiveBack(tenant, trunk, 0.1m);
        costs.Pay(tenant, trunk, 0.1m).ShouldBeNull();
    }

    [Fact]
    public void Where_a_cost_is_limited_a_number_needs_a_price()
    {
        var costs = Open();
        costs.Pay(tenant, trunk, null)!.Reason.ShouldBe(Refusals.NoPrice);
        costs.Pay(tenant with { Outside = TenantOutside.Default }, trunk, null).ShouldBeNull();
        costs.Pay(tenant with { Outside = TenantOutside.Default }, trunk with { Outside = new() { DayCostMax = 5 } }, null)!.Reason.ShouldBe(Refusals.NoPrice);
    }

    [Fact]
    public void A_tenants_day_is_that_of_its_time_zone_and_a_trunks_that_of_UTC()
    {
        var costs = Open();
        var limited = trunk with { Outside = new() { DayCostMax = 1.5m } };
        costs.Pay(tenant, limited, 1m).ShouldBeNull();
        clock.Advance(TimeSpan.FromMinutes(119));
        costs.Pay(tenant, limited, 0.5m)!.Reason.ShouldBe(Refusals.TenantDayCost);
        clock.Advance(TimeSpan.FromMinutes(1)); // midnight in Helsinki
        costs.Pay(tenant, limited, 0.5m).ShouldBeNull();
        costs.Pay(tenant, limited, 0.5m)!.Reason.ShouldBe(Refusals.TrunkDayCost);
        clock.Advance(TimeSpan.FromHours(2)); // midnight in UTC
        costs.Pay(tenant, limited, 0.5m).ShouldBeNull();
        costs.Pay(tenant, limited, 0.1m)!.Reason.ShouldBe(Refusals.TenantDayCost); // the tenant's day goes on
    }

    [Fact]
    public void Tenants_and_trunks_are_counted_apart()
    {
        var costs = Open();
        costs.Pay(tenant, trunk, 1m).ShouldBeNull();
        costs.Pay(tenant with { Tenant = Guid.NewGuid() }, trunk, 1m).ShouldBeNull();
        costs.Pay(tenant, trunk with { Name = "other" }, 0.1m)!.Reason.ShouldBe(Refusals.TenantDayCost);
    }

    [Fact]
    public void A_restart_forgets_nothing()
    {
        var before = Open();
        before.Pay(tenant, trunk, 0.9m).ShouldBeNull();
        before.Save();
        Open().Pay(tenant, trunk, 0.2m)!.Reason.ShouldBe(Refusals.TenantDayCost);
        Open().Pay(tenant, trunk, 0.1m).ShouldBeNull();
    }

    [Fact]
    public void A_call_pays_each_minute_when_it_begins_and_is_over_when_the_day_does_not_pay()
    {
        var costs = Open();
        var unpaid = 0;
        using var meter = CallMeter.Begin(costs, tenant, trunk, 0.4m, clock).Meter!;
        meter.Answered(() => unpaid++);
        clock.Advance(TimeSpan.FromSeconds(59));
        costs.WhyNot(tenant, trunk, 0.6m).ShouldBeNull(); // one minute is paid
        clock.Advance(TimeSpan.FromSeconds(1));
        costs.WhyNot(tenant, trunk, 0.6m).ShouldNotBeNull();
        costs.WhyNot(tenant, trunk, 0.2m).ShouldBeNull();
        unpaid.ShouldBe(0);
        clock.Advance(TimeSpan.FromMinutes(1)); // a third one would pass the limit
        unpaid.ShouldBe(1);
        clock.Advance(TimeSpan.FromMinutes(5));
        unpaid.ShouldBe(1);
        meter.Dispose();
        costs.WhyNot(tenant, trunk, 0.3m).ShouldNotBeNull(); // nothing comes back
    }

    [Fact]
    public void What_nobody_answers_costs_nothing()
    {
        var costs = Open();
        var meter = CallMeter.Begin(costs, tenant, trunk, 0.9m, clock).Meter!;
        CallMeter.Begin(costs, tenant, trunk, 0.9m, clock).Refusal!.Reason.ShouldBe(Refusals.TenantDayCost); // many at once do not pass it either
        meter.Dispose();
        meter.Dispose();
        CallMeter.Begin(costs, tenant, trunk, 0.9m, clock).Meter.ShouldNotBeNull();
    }

    public void Dispose() => folder.Dispose();
}
