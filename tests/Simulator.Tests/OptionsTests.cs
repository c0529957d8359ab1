namespace CallCenter.Simulator.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void What_is_not_said_has_its_default() =>
        SimulateOptions.Parse([], 7).Options.ShouldBe(new SimulateOptions { Seed = 7 });

    [Fact]
    public void All_options_are_read_in_both_forms() =>
        SimulateOptions.Parse(["--callers", "30", "--agents=8", "--minutes", "0.5", "--seed", "3", "--callbacks", "15", "--transfers=40", "--survive", "--http", "8081", "--sip=127.0.0.1:5070", "--data", "/d"], 7).Options
            .ShouldBe(new SimulateOptions
            {
                Callers = 30, Agents = 8, Minutes = 0.5, Seed = 3, Callbacks = 15, Transfers = 40, Survive = true, Http = new Uri("http://127.0.0.1:8081"), Sip = "127.0.0.1:5070", Data = "/d",
            });

    [Theory]
    [InlineData("--callers", "0")]
    [InlineData("--callers", "501")]
    [InlineData("--agents", "some")]
    [InlineData("--minutes", "-1")]
    [InlineData("--callbacks", "101")]
    [InlineData("--transfers", "few")]
    [InlineData("--http", "70000")]
    [InlineData("--sip", "host")]
    [InlineData("--data", "")]
    [InlineData("--speed", "9")]
    public void What_is_wrong_is_named(string name, string value)
    {
        var (options, error) = SimulateOptions.Parse([name, value], 7);
        options.ShouldBeNull();
        error.ShouldStartWith($"'{name} {value}".TrimEnd());
    }
}
