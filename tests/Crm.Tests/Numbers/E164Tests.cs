using CallCenter.Crm.Numbers;

namespace CallCenter.Crm.Tests.Numbers;

public sealed class E164Tests
{
    [Theory]
    [InlineData("+358401112233", "358", "+358401112233")]
    [InlineData("+358 40 111-2233", null, "+358401112233")]
    [InlineData("00358401112233", null, "+358401112233")]
    [InlineData("0401112233", "358", "+358401112233")]
    [InlineData("040 111 2233", "358", "+358401112233")]
    [InlineData("401112233", "358", "+358401112233")]
    [InlineData("358401112233", "358", "+358401112233")]
    [InlineData("00459912345678", "358", "+459912345678")]
    [InlineData("12345678", "45", "+4512345678")]
    [InlineData("45123456", "45", "+4545123456")]
    [InlineData("4512345678", "45", "+4512345678")]
    [InlineData("89161234567", "7", "+79161234567")]
    [InlineData("79161234567", "7", "+79161234567")]
    [InlineData("9161234567", "7", "+79161234567")]
    [InlineData("810358401112233", "7", "+358401112233")]
    [InlineData("0212345678", "39", "+390212345678")]
    [InlineData("12125550123", "1", "+12125550123")]
    [InlineData("2125550123", "1", "+12125550123")]
    [InlineData("01144207946095", "1", "+44207946095")]
    [InlineData("(02) 0794-6095", "44", "+44207946095")]
    public void Number_in_any_form_is_told_in_one(string given, string? country, string expected) => E164.Of(given, country).ShouldBe(expected);

    [Theory]
    [InlineData("anonymous", "358")]
    [InlineData("", "358")]
    [InlineData("+", "358")]
    [InlineData("101", "358")]
    [InlineData("0401112233", null)]
    [InlineData("+0401112233", "358")]
    [InlineData("+3584011122334455", "358")]
    [InlineData("+35840111223a", "358")]
    [InlineData("٣٥٨٤٠١١١٢٢", "358")]
    [InlineData("+358401112233\0", "358")]
    [InlineData("+358                                     401112233", "358")]
    public void What_is_no_number_of_a_subscriber_is_none(string given, string? country) => E164.Of(given, country).ShouldBeNull();

    [Theory]
    [InlineData("+358800100200", "358")]
    [InlineData("+4570123456", "45")]
    [InlineData("+74951234567", "7")]
    [InlineData("+12125550123", "1")]
    [InlineData("95123", null)]
    public void Country_is_told_by_the_number(string number, string? country) => E164.CountryOf(number).ShouldBe(country);

    [Fact]
    public void Told_number_is_told_again_whatever_the_country()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string?[] countries = [null, "1", "7", "39", "45", "358"];
        for (var n = 0; n < 20_000; n++)
        {
            var given = string.Concat(random.GetItems("+00123456789 -".AsSpan(), random.Next(1, 18)));
            if (E164.Of(given, countries[random.Next(countries.Length)]) is { } told)
            {
                told.ShouldMatch(@"^\+[1-9][0-9]{7,14}$", given);
                countries.ShouldAllBe(country => E164.Of(told, country) == told, given);
            }
        }
    }
}
