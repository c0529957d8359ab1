using System.Net;
using CallCenter.Contracts.Telephony;
using CallCenter.Contracts.Tenancy;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Trunks;
using CallCenter.TestKit;

namespace CallCenter.Telephony.Tests.Trunks;

public sealed class AdmissionTests
{
    private static readonly IPAddress Carrier = IPAddress.Parse("10.1.2.3");
    private readonly FakeClock clock = new();
    private readonly Neighbours neighbours;
    private readonly Admission admission;
    private string? closed;

    public AdmissionTests()
    {
        neighbours = new(clock);
        admission = new(neighbours, clock) { Closed = () => closed };
    }

    private static GatewayConfiguration Configuration(int trunkCalls = 100, int trunkRate = 100, int tenantCalls = 100, int tenantRate = 100) =>
        GatewayConfiguration.Of(
            new(Guid.NewGuid(), 1, "Operator", "realm", [],
                [new("wide", ["10.0.0.0/8"], trunkCalls, trunkRate), new("narrow", ["10.9.0.0/16", "192.0.2.1/32"], 1, 1)], []),
            [new(Guid.NewGuid(), 1, "Tenant", "fi", "Europe/Helsinki",
                [new("+358 9 123", "geographic", Guid.NewGuid(), new(null, null, 60)), new("+358999", "geographic", null, new(null, null, 60))],
                new(tenantCalls, tenantRate), "key")]);

    private Verdict Decide(GatewayConfiguration configuration, string number = "+3589123") => admission.Decide(configuration, Carrier, number);

    private static Refused IsRefused(Verdict verdict, int status, string reason)
    {
        var refused = verdict.ShouldBeOfType<Refused>();
        refused.SipStatus.ShouldBe(status);
        refused.Reason.ShouldBe(reason);
        (refused.RetryAfterSeconds is not null).ShouldBe(status == 503);
        return refused;
    }

    [Fact]
    public void A_call_from_a_trunk_to_a_number_is_admitted()
    {
        var admitted = Decide(Configuration()).ShouldBeOfType<Admitted>();
        admitted.Trunk.Trunk.Name.ShouldBe("wide");
        admitted.Number.Tenant.Name.ShouldBe("Tenant");
        Decide(Configuration(), "3589123").ShouldBeOfType<Admitted>();
    }

    [Fact]
    public void Each_refusal_has_its_status()
    {
        var c = Configuration();
        IsRefused(admission.Decide(c, IPAddress.Parse("203.0.113.9"), "+3589123"), 403, Refusals.UnknownTrunk);
        IsRefused(Decide(c, "+1"), 404, Refusals.UnknownNumber).Number.ShouldBeNull();
        IsRefused(Decide(c, "+358999"), 480, Refusals.NoFlow).Number.ShouldNotBeNull();
        IsRefused(Decide(Configuration(trunkCalls: 0)), 503, Refusals.TrunkConcurrentCalls);
        IsRefused(Decide(Configuration(tenantCalls: 0)), 503, Refusals.TenantConcurrentCalls).Number.ShouldNotBeNull();
        IsRefused(Decide(Configuration(trunkRate: 0)), 503, Refusals.TrunkCallsPerSecond);
        closed = Refusals.Draining;
        IsRefused(Decide(c), 503, Refusals.Draining);
    }

    [Fact]
    public void Concurrent_calls_are_counted_and_given_back_once()
    {
        var c = Configuration(tenantCalls: 2);
        var first = Decide(c).ShouldBeOfType<Admitted>();
        Decide(c).ShouldBeOfType<Admitted>();
        IsRefused(Decide(c), 503, Refusals.TenantConcurrentCalls);
        first.Ticket.Dispose();
        first.Ticket.Dispose();
        Decide(c).ShouldBeOfType<Admitted>();
        IsRefused(Decide(c), 503, Refusals.TenantConcurrentCalls);
    }

    [Fact]
    public void A_refused_number_takes_no_place_of_the_trunk()
    {
        var c = Configuration(trunkCalls: 1);
        IsRefused(Decide(c, "+1"), 404, Refusals.UnknownNumber);
        Decide(c).ShouldBeOfType<Admitted>();
        IsRefused(Decide(c), 503, Refusals.TrunkConcurrentCalls);
    }

    [Fact]
    public void The_rate_fills_again_with_time()
    {
        var c = Configuration(tenantRate: 2);
        Decide(c).ShouldBeOfType<Admitted>();
        Decide(c).ShouldBeOfType<Admitted>();
        IsRefused(Decide(c), 503, Refusals.TenantCallsPerSecond);
        clock.Advance(TimeSpan.FromMilliseconds(500));
        Decide(c).ShouldBeOfType<Admitted>();
        IsRefused(Decide(c), 503, Refusals.TenantCallsPerSecond);
        clock.Advance(TimeSpan.FromHours(1));
        Decide(c).ShouldBeOfType<Admitted>();
        Decide(c).ShouldBeOfType<Admitted>();
        IsRefused(Decide(c), 503, Refusals.TenantCallsPerSecond);
    }

    [Fact]
    public void The_trunk_with_the_longest_network_is_meant()
    {
        Configuration().Trunk(IPAddress.Parse("10.9.1.1"))!.Trunk.Name.ShouldBe("narrow");
        Configuration().Trunk(IPAddress.Parse("::ffff:192.0.2.1"))!.Trunk.Name.ShouldBe("narrow");
        Configuration().Trunk(IPAddress.Parse("192.0.2.2")).ShouldBeNull();
    }

    [Fact]
    public void Calls_at_other_gateways_count_as_long_as_they_are_told()
    {
        var configuration = Configuration(trunkCalls: 5, tenantCalls: 3, tenantRate: 4);
        var tenant = configuration.Number("+3589123")!.Tenant.Tenant;
        neighbours.Take(new GatewayCalls("g2", "127.0.0.1:5070", 2, new Dictionary<Guid, int> { [tenant] = 2 }, new Dictionary<string, int> { ["wide"] = 2 }));
        neighbours.Take(new GatewayCalls("g2", "127.0.0.1:5070", 1, new Dictionary<Guid, int>(), new Dictionary<string, int>())); // it comes late
        var only = Decide(configuration).ShouldBeOfType<Admitted>();
        IsRefused(Decide(configuration), 503, Refusals.TenantConcurrentCalls);
        var (tenants, trunks) = admission.Calls();
        (tenants[tenant], trunks["wide"]).ShouldBe((1, 1));
        only.Ticket.Dispose();
        admission.Calls().Tenants.ShouldBeEmpty();

        clock.Advance(Neighbours.SilentMax);
        neighbours.Live.ShouldBe(0);
        Decide(configuration).ShouldBeOfType<Admitted>();
        Decide(configuration).ShouldBeOfType<Admitted>();
    }

    [Fact]
    public void Of_calls_a_second_each_gateway_has_its_part()
    {
        var configuration = Configuration(tenantRate: 4);
        neighbours.Take(new GatewayCalls("g2", "127.0.0.1:5070", 1, new Dictionary<Guid, int>(), new Dictionary<string, int>()));
        Decide(configuration).ShouldBeOfType<Admitted>();
        Decide(configuration).ShouldBeOfType<Admitted>();
        IsRefused(Decide(configuration), 503, Refusals.TenantCallsPerSecond);
    }
}
