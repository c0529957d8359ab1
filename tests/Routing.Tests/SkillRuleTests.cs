using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Tests;

public class SkillRuleTests
{
    private static readonly Dictionary<string, int> Skills = new() { ["fi"] = 3, ["customer care"] = 2, ["myynti"] = 5 };

    [Theory]
    [InlineData("fi", true)]
    [InlineData("fi >= 3", true)]
    [InlineData("fi>=4", false)]
    [InlineData("not da", true)]
    [InlineData("not fi or da", false)]
    [InlineData("da or fi and myynti >= 5", true)]
    [InlineData("(da or fi) and \"customer care\" >= 3", false)]
    [InlineData("NOT (da OR fi >= 4) AND \"customer care\"", true)]
    public void A_rule_is_met_or_not(string text, bool isMet) => SkillRule.Read(text, out _)!.IsMetBy(Skills).ShouldBe(isMet);

    [Theory]
    [InlineData("")]
    [InlineData("fi >= 6")]
    [InlineData("fi >=")]
    [InlineData("fi > 3")]
    [InlineData("fi and")]
    [InlineData("and fi")]
    [InlineData("(fi")]
    [InlineData("fi)")]
    [InlineData("fi da")]
    [InlineData("\"fi")]
    [InlineData("fi ; drop")]
    public void What_is_wrong_is_told(string text)
    {
        SkillRule.Read(text, out var error).ShouldBeNull();
        error.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Rules_are_bounded()
    {
        SkillRule.Read(new string('(', 500), out _).ShouldBeNull();
        SkillRule.Read(string.Join(" or ", Enumerable.Repeat("a", 51)), out var error).ShouldBeNull();
        error.ShouldNotBeNull().ShouldContain("50");
        SkillRule.Read(new string('a', 501), out _).ShouldBeNull();
    }

    [Fact]
    public void What_must_be_missing_is_not_asked_for() => SkillRule.Read("fi and (da or not trainee)", out _)!.Asked.ShouldBe(["fi", "da"]);
}
