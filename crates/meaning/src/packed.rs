//! Vectors as signed bytes.
//!
//! A vector is made one of length 1 and stored as one byte per dimension, with the factor that turns
//! the bytes back into the vector. That takes a quarter of the room of 32-bit numbers, and half that of
//! 16-bit ones, and the error of a cosine is about 0.0005: a tenth of what the least quantized models
//! lose themselves. The query keeps twelve bits, so that only one side has an error.

/// The bytes of the factor before those of a vector.
pub(crate) const FACTOR: usize = 4;

/// The largest number in a packed query. The sum over [`MOST_DIMENSIONS`] then fits in 32 bits.
const LARGEST: f32 = 2_047.0;

/// The most dimensions of a vector. Models have up to 4,096.
pub(crate) const MOST_DIMENSIONS: usize = 8_192;

/// The length of a vector, unless it is none: empty, infinite, zero or with too many dimensions.
fn length(vector: &[f32]) -> Option<f32> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt() as f32;
    (length.is_normal() && vector.len() <= MOST_DIMENSIONS).then_some(length)
}

/// The largest magnitude in a vector.
fn largest(vector: &[f32]) -> f32 {
    vector.iter().fold(0.0, |most: f32, value| most.max(value.abs()))
}

/// A vector as it is stored: the factor, and a byte for each dimension. `None` if it has no direction.
pub(crate) fn packed(vector: &[f32]) -> Option<Vec<u8>> {
    let (length, largest) = (length(vector)?, largest(vector));
    let factor = largest / 127.0 / length;
    let mut row = Vec::with_capacity(FACTOR + vector.len());
    row.extend_from_slice(&factor.to_le_bytes());
    let byte = |value: &f32| (value / largest * 127.0).round() as i8;
    row.extend(vector.iter().map(|value| byte(value).cast_unsigned()));
    Some(row)
}

/// The vector of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QueryVector {
    factor: f32,
    values: Vec<i16>,
}

impl QueryVector {
    /// `None` if the vector has no direction.
    pub(crate) fn of(vector: &[f32]) -> Option<Self> {
        let (length, largest) = (length(vector)?, largest(vector));
        let values = vector.iter().map(|value| (value / largest * LARGEST).round() as i16);
        Some(QueryVector { factor: largest / LARGEST / length, values: values.collect() })
    }

    pub(crate) fn dimension(&self) -> usize {
        self.values.len()
    }

    /// The cosine of the angle to a stored vector of the same dimension.
    pub(crate) fn cosine(&self, row: &[u8]) -> f32 {
        let Some((factor, bytes)) = row.split_first_chunk::<FACTOR>() else { return 0.0 };
        let products = self.values.iter().zip(bytes);
        let products =
            products.map(|(value, byte)| i32::from(*value) * i32::from(byte.cast_signed()));
        products.sum::<i32>() as f32 * self.factor * f32::from_le_bytes(*factor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_has_no_direction_is_no_vector() {
        for vector in [&[][..], &[0.0, 0.0], &[f32::NAN, 1.0], &[f32::INFINITY, 1.0]] {
            assert!(packed(vector).is_none() && QueryVector::of(vector).is_none(), "{vector:?}");
        }
    }

    proptest! {
        #[test]
        fn cosines_are_those_of_the_whole_numbers(
            pairs in proptest::collection::vec((-1.0f32..1.0, -1.0f32..1.0), 2..600)
        ) {
            let (left, right): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
            if let (Some(row), Some(asked)) = (packed(&right), QueryVector::of(&left)) {
                let dot: f32 = left.iter().zip(&right).map(|(l, r)| l * r).sum();
                let exact = dot / (length(&left).unwrap() * length(&right).unwrap());
                let found = asked.cosine(&row);
                prop_assert!((found - exact).abs() < 0.005, "{found} for {exact}");
                prop_assert_eq!(row.len(), FACTOR + right.len());
            }
        }
    }
}
