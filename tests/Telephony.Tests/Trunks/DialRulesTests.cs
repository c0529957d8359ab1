using CallCenter.Contracts.Tenancy;
using CallCenter.Telephony.Configuration;
using CallCenter.Telephony.Trunks;

namespace CallCenter.Telephony.Tests.Trunks;

public sealed class DialRulesTests
{
    private readonly DialRules rules = new(new TelephonyOptions());

    private static TrunkEntry Trunk(TrunkSnapshot trunk) =>
        GatewayConfiguration.Of(new(Guid.NewGuid(), 1, "O", "r", [], [trunk], []), []).Trunks.Single();

    [Theory]
    [InlineData("+358401234567", "+358401234567")]
    [InlineData("00358401234567", "+358401234567")]
    [InlineData("0401234567", "+358401234567")]
    [InlineData("008811234", "+8811234")]
    [InlineData("116117", "116117")]
    public void Numbers_are_compared_in_their_international_form(string dialled, string compared) => rules.International(dialled).ShouldBe(compared);

    [Theory]
    [InlineData("+8816123456", false)]      // satellite
    [InlineData("008816123456", false)]     // however it is spelt
    [InlineData("0600123456", false)]       // a national premium number
    [InlineData("+358600123456", false)]
    [InlineData("+4490123456", false)]
    [InlineData("+358401234567", true)]
    [InlineData("+442071234567", true)]
    public void Premium_and_satellite_numbers_need_the_tenants_own_leave(string number, bool allowed)
    {
        rules.WhyNot(TenantOutside.Default, number)?.Reason.ShouldBe(Refusals.PremiumDestination);
        (rules.WhyNot(TenantOutside.Default, number) is null).ShouldBe(allowed);
        rules.WhyNot(new TenantOutside { Premium = true }, number).ShouldBeNull();
    }

    [Theory]
    [InlineData("+358401234567", true)]
    [InlineData("0401234567", true)]
    [InlineData("+358800123", false)]       // forbidden goes before allowed
    [InlineData("+46812345", false)]        // not allowed
    [InlineData("0046812345", false)]
    public void A_tenants_destinations(string number, bool allowed)
    {
        var why = rules.WhyNot(new TenantOutside { Allowed = ["+358"], Forbidden = ["+358800"] }, number);
        (why is null).ShouldBe(allowed);
        why?.Reason.ShouldBe(Refusals.ForbiddenDestination);
    }

    [Fact]
    public void A_trunks_destinations_tenants_and_forbidden_beginnings()
    {
        var (ours, theirs) = (Guid.NewGuid(), Guid.NewGuid());
        var trunk = Trunk(new("t", [], 1, 1, "192.0.2.7:5060")
        {
            Destinations = ["+358", "0"], Tenants = [ours], Outside = new() { Forbidden = ["+35875"] },
        });
        rules.Takes(trunk, ours, "+358401234567").ShouldBeTrue();
        rules.Takes(trunk, ours, "0401234567").ShouldBeTrue();
        rules.Takes(trunk, ours, "075123").ShouldBeFalse();
        rules.Takes(trunk, theirs, "+358401234567").ShouldBeFalse();
        rules.Takes(trunk, ours, "+46812345").ShouldBeFalse();
        rules.Takes(Trunk(new("t", [], 1, 1) { Destinations = ["+358"] }), ours, "+358401234567").ShouldBeFalse(); // no target
    }

    [Fact]
    public void The_longest_prefix_says_the_price()
    {
        var trunk = new TrunkSnapshot("t", [], 1, 1) { Outside = new() { Prices = [new("+358", 0.02m), new("+35840", 0.05m), new("+46", 0.1m)] } };
        rules.PerMinute(trunk, "+358501234567").ShouldBe(0.02m);
        rules.PerMinute(trunk, "0401234567").ShouldBe(0.05m);
        rules.PerMinute(trunk, "0046812345").ShouldBe(0.1m);
        rules.PerMinute(trunk, "+12125550100").ShouldBeNull();
    }
}
