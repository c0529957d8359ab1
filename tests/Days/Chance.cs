namespace CallCenter.Days;

/// <summary>Draws from the distributions that calls follow.</summary>
internal static class Chance
{
    public static double Between(this Random random, double least, double most) => least + ((most - least) * random.NextDouble());

    /// <summary>Evenly over the logarithm: as often from 1 to 10 as from 10 to 100.</summary>
    public static double AcrossScales(this Random random, double least, double most) => least * Math.Pow(most / least, random.NextDouble());

    public static double Exponential(this Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    /// <summary>Log-normal with a mean and a coefficient of variation, as times of conversations are.</summary>
    public static double LogNormal(this Random random, double mean, double variation)
    {
        var variance = Math.Log(1 + (variation * variation));
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
        return mean * Math.Exp((Math.Sqrt(variance) * normal) - (variance / 2));
    }
}
